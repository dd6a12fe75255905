// The status bar item.

import * as vscode from "vscode";
import { withoutIcons } from "./icons";
import type { Level } from "./protocol";
import type { Shown } from "./status";
import { tooltip } from "./tooltip";

const PRIORITY = 100; // left of the cursor's position and the language, as other gauges are

const BACKGROUNDS: Record<Level, string | undefined> = {
  ok: undefined,
  unknown: undefined,
  low: "statusBarItem.warningBackground",
  critical: "statusBarItem.errorBackground",
  error: "statusBarItem.errorBackground",
};

export class StatusItem implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;

  constructor() {
    this.item = vscode.window.createStatusBarItem(
      "opencredits.status",
      vscode.StatusBarAlignment.Right,
      PRIORITY,
    );
    this.item.name = "OpenCredits";
  }

  show(shown: Shown | undefined): void {
    if (!shown) {
      this.item.hide();
      return;
    }
    const background = BACKGROUNDS[shown.level];
    this.item.text = withoutIcons(shown.text);
    this.item.tooltip = tooltip(shown.tooltip);
    this.item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    this.item.command = shown.state === "no_key" ? "opencredits.configure" : "opencredits.refresh";
    // Without it a screen reader would be given the tooltip's Markdown.
    const label = [shown.text, shown.tooltipText].filter((each) => each !== "").join("\n");
    this.item.accessibilityInformation = { label, role: "button" };
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}
