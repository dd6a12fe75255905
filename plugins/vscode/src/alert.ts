// Alerts of the core, as notifications with their actions.

import * as vscode from "vscode";
import { withoutIcons } from "./icons";
import { attempt, say } from "./message";
import type { Action, Alert } from "./protocol";
import type { Requests } from "./requests";
import type { Session } from "./session";
import { oneLine } from "./status";

const MOST_BUTTONS = 3; // the titles of more are cut off
const MORE: Action = { id: "", title: "More…" };

export async function showAlert(alert: Alert, session: Session, requests: Requests): Promise<void> {
  const { id, level, title, message, actions } = alert;
  // What is said begins with our own name anyway.
  const answered = say(level, title === "OpenCredits" ? message : `${title}. ${message}`, buttons(actions));
  session.notify("shown", { id }); // a window that could not show it has no extension host that could say so
  const pushed = await answered;
  const chosen = pushed === MORE ? await choose(title, actions) : pushed;
  if (chosen) await attempt(() => requests.send("act", { subject: id, action: chosen.id }));
}

function buttons(actions: readonly Action[]): readonly Action[] {
  return actions.length > MOST_BUTTONS ? [...actions.slice(0, MOST_BUTTONS - 1), MORE] : actions;
}

async function choose(title: string, actions: readonly Action[]): Promise<Action | undefined> {
  const items = actions.map((action) => ({ label: withoutIcons(oneLine(action.title)), action }));
  return (await vscode.window.showQuickPick(items, { title: oneLine(title) }))?.action;
}
