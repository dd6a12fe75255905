// Asking the person for a text.

import * as vscode from "vscode";
import type { Prompt } from "./protocol";

/** `undefined` when nothing was entered. VS Code keeps no history of what is typed here. */
export async function ask({ title, secret }: Prompt): Promise<string | undefined> {
  // It stays while the person fetches a key from the browser.
  const entered = await vscode.window.showInputBox({ title, password: secret, ignoreFocusOut: true });
  return entered || undefined;
}
