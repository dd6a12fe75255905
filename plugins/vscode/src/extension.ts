// OpenRouter credits in the status bar. The core (`opencredits bridge`) decides what is shown; this extension shows it.

import * as vscode from "vscode";
import { showAlert } from "./alert";
import { DetailsPanel } from "./details";
import { Focus } from "./focus";
import { KeptKeys } from "./kept-keys";
import { openLogChannel, showLog } from "./log";
import { openMenu } from "./menu";
import { attempt } from "./message";
import { Requests } from "./requests";
import { Session } from "./session";
import { readSettings, SECTION } from "./settings";
import { CurrentStatus } from "./status";
import { StatusItem } from "./status-item";

let session: Session | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = openLogChannel();
  const item = new StatusItem();
  const status = new CurrentStatus();
  const keys = new KeptKeys(context.secrets, log);
  const core = new Session(
    { name: vscode.env.appName, version: context.extension.packageJSON.version },
    status,
    keys,
    log,
  );
  const requests = new Requests(core, status, keys);
  const details = new DetailsPanel(requests);
  session = core;

  const commands = {
    "opencredits.refresh": () => requests.send("refresh"),
    "opencredits.configure": () => openMenu(requests),
    "opencredits.details": () => details.open(),
    "opencredits.restart": () => core.restart(),
    "opencredits.log": () => showLog(log),
    "opencredits.start": () =>
      vscode.commands.executeCommand("workbench.action.openWalkthrough", `${context.extension.id}#start`),
  };
  context.subscriptions.push(
    log,
    item,
    status,
    keys,
    core,
    requests,
    details,
    requests.onPage((page) => details.show(page)),
    status.onDidChange((shown) => item.show(shown)),
    status.onDidChange(() => details.update()),
    new Focus(core),
    core.onDidStart(() => vscode.commands.executeCommand("setContext", "opencredits.isRunning", true)),
    core.onAlert((alert) => showAlert(alert, core, requests)),
    keys.onDidChange(() => core.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration(SECTION) && core.sync()),
    ...Object.entries(commands).map(([name, run]) =>
      vscode.commands.registerCommand(name, () => attempt(run)),
    ),
  );

  const { enabled, demo, core: wanted } = readSettings();
  if (enabled && !demo && wanted.show_in_status_bar !== false) void status.load();
  setImmediate(() => core.sync()); // starting a process takes time, and nobody waits for ours
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}
