// The details as HTML. Whatever the core says is text in here, never markup.

import type { Action, Details } from "./protocol";
import { oneLine } from "./status";

const STYLE = `
  body { max-width: 60em; padding: 0 2em 2em; line-height: 1.5; }
  h1 { font-size: 1.4em; font-weight: 600; }
  h2 { font-size: 1.1em; font-weight: 600; margin: 2em 0 0.4em; }
  p { margin: 0; min-height: 0.8em; overflow-wrap: anywhere; }
  p.first { font-size: 1.2em; }
  header { display: flex; align-items: center; justify-content: space-between; gap: 1em; }
  table { width: 100%; border-collapse: collapse; }
  td { padding: 0.4em 1em 0.4em 0; border-top: 1px solid var(--vscode-widget-border, rgba(128, 128, 128, 0.35)); overflow-wrap: anywhere; }
  td.detail { color: var(--vscode-descriptionForeground); }
  td.actions { padding-right: 0; text-align: right; white-space: nowrap; }
  button { font: inherit; padding: 0.2em 0.9em; border: 1px solid var(--vscode-button-border, transparent); border-radius: 2px; cursor: pointer;
    color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); }
  button:hover { background: var(--vscode-button-secondaryHoverBackground); }
  button:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
  td.actions button { margin-left: 0.4em; }
`;

// It asks for what to show whenever it is made anew, as it is after each time it was hidden.
const SCRIPT = `
  const host = acquireVsCodeApi();
  const main = document.querySelector("main");
  const named = (button) => [...main.querySelectorAll("button")].find((each) =>
    each.dataset.subject === button?.dataset?.subject && each.dataset.action === button?.dataset?.action);
  window.addEventListener("message", ({ data }) => {
    const focused = document.activeElement;
    main.innerHTML = data.body;
    named(focused)?.focus();
  });
  main.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button) host.postMessage({ ...button.dataset });
  });
  host.postMessage({ action: "show" });
`;

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

function button(title: string, action: string, subject?: string): string {
  const about = subject === undefined ? "" : ` data-subject="${escaped(subject)}"`;
  return `<button data-action="${escaped(action)}"${about}>${escaped(oneLine(title))}</button>`;
}

const buttons = (subject: string, actions: readonly Action[]) =>
  actions.map(({ id, title }) => button(title, id, subject)).join("");

function table({ title, rows }: Details["lists"][number]): string {
  const lines = rows.map(
    ({ id, text, detail, actions }) =>
      `<tr><td>${escaped(text)}</td><td class="detail">${escaped(detail ?? "")}</td>` +
      `<td class="actions">${buttons(id, actions)}</td></tr>`,
  );
  return `<h2>${escaped(title)}</h2><table>${lines.join("")}</table>`;
}

/** What the page holds. */
export function body({ title, text, lists }: Details): string {
  const [first = "", ...lines] = text.split("\n");
  return [
    `<header><h1>${escaped(title)}</h1>${button("Refresh", "refresh")}</header>`,
    `<p class="first">${escaped(first)}</p>`,
    ...lines.map((line) => `<p>${escaped(line)}</p>`),
    ...lists.map(table),
  ].join("\n");
}

/** The page itself, empty. It may load nothing, and run nothing but its own script. */
export function page(nonce: string): string {
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<style nonce="${nonce}">${STYLE}</style>
</head>
<body><main></main><script nonce="${nonce}">${SCRIPT}</script></body>
</html>`;
}
