// The core's tooltip, and below it what can be done.

import { MarkdownString } from "vscode";

const LINKS = {
  "opencredits.refresh": "Refresh",
  "opencredits.configure": "Configure",
  "opencredits.details": "Details",
};

const FOOT = Object.entries(LINKS)
  .map(([command, title]) => `[${title}](command:${command})`)
  .join("&nbsp;&nbsp;·&nbsp;&nbsp;");

/** No link in it can do anything but these three, whatever a label or an error says. */
export function tooltip(markdown: string): MarkdownString {
  const page = new MarkdownString(markdown === "" ? FOOT : `${markdown}\n\n---\n\n${FOOT}`);
  page.isTrusted = { enabledCommands: Object.keys(LINKS) };
  page.supportHtml = false;
  return page;
}
