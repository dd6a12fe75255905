// Tells where the person is: on gaining and losing focus, and at the first input after a while without.

import * as vscode from "vscode";
import type { Session } from "./session";

const A_WHILE = 30_000; // milliseconds

export class Focus implements vscode.Disposable {
  private readonly watches: vscode.Disposable[];
  private lastInput = Number.NEGATIVE_INFINITY;

  constructor(private readonly session: Session) {
    this.watches = [
      session.onDidStart(() => vscode.window.state.focused && this.tell(true)),
      vscode.window.onDidChangeWindowState(({ focused }) => this.tell(focused)),
      // Documents change by themselves, by the hand of an agent; a cursor that is moved by keys or mouse is a person's.
      vscode.window.onDidChangeTextEditorSelection(({ kind }) => {
        if (kind === vscode.TextEditorSelectionChangeKind.Keyboard) this.input();
        if (kind === vscode.TextEditorSelectionChangeKind.Mouse) this.input();
      }),
    ];
  }

  dispose(): void {
    for (const watch of this.watches) watch.dispose();
  }

  private tell(focused: boolean): void {
    this.session.notify("focus", { focused });
  }

  private input(): void {
    const now = Date.now();
    if (now - this.lastInput >= A_WHILE) this.tell(true);
    this.lastInput = now;
  }
}
