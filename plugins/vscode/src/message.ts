// The one file that speaks to the person. What it says comes from the core, save for a few words about a core
// that is missing or ends.

import * as vscode from "vscode";
import { Dropped, Failure } from "./failure";

const SHOW = {
  info: vscode.window.showInformationMessage,
  warn: vscode.window.showWarningMessage,
  error: vscode.window.showErrorMessage,
};

// A notification makes links of Markdown, of commands as well; what it says may hold a name that others chose.
const withoutLinks = (text: string) => text.replaceAll("](", "]\u200b(");

/** Say it, and offer these; gives the one that was chosen. */
export function say<Offer extends vscode.MessageItem>(
  level: keyof typeof SHOW,
  text: string,
  offers: readonly Offer[] = [],
): Thenable<Offer | undefined> {
  return SHOW[level](`OpenCredits: ${withoutLinks(text)}`, ...offers);
}

/** Tell what has gone wrong, and what to do next. Anything but a `Failure` is a fault of this extension. */
export async function tell(error: unknown): Promise<void> {
  if (error instanceof Dropped) return;
  if (!(error instanceof Failure)) throw error;
  const chosen = await say("error", error.sentence, error.offers);
  if (chosen) await vscode.commands.executeCommand(chosen.command, ...(chosen.arguments ?? []));
}

/** Do what a person asked for, and tell when it fails. */
export async function attempt(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (error) {
    await tell(error);
  }
}

/** Whether the person says yes. */
export async function confirm(question: string): Promise<boolean> {
  const yes = { title: "Yes" };
  return (await vscode.window.showWarningMessage(question, { modal: true }, yes)) === yes;
}
