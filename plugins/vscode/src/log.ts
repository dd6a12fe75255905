// What this adapter itself notes is in its output channel; what the core notes is in a file of its own.

import * as vscode from "vscode";
import { logFile } from "./paths";

export function openLogChannel(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel("OpenCredits", { log: true });
}

/** Show both, as far as there is something. */
export async function showLog(channel: vscode.LogOutputChannel): Promise<void> {
  channel.show(true);
  const file = vscode.Uri.file(logFile());
  try {
    await vscode.workspace.fs.stat(file);
  } catch {
    channel.info(`The core has noted nothing so far (${file.fsPath}).`);
    return;
  }
  await vscode.window.showTextDocument(file, { preview: true });
}
