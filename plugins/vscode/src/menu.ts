// What can be configured: a tree that the core makes.

import * as vscode from "vscode";
import { withoutIcons } from "./icons";
import { ask } from "./prompt";
import * as protocol from "./protocol";
import type { Requests } from "./requests";
import { oneLine } from "./status";

export async function openMenu(requests: Requests): Promise<void> {
  const menu = await requests.ask("menu", protocol.menu);
  const chosen = await choose(menu.title, menu.choices);
  if (!chosen?.request) return;
  const { method, params } = chosen.request;
  if (!chosen.prompt) {
    await requests.send(method, params);
    return;
  }
  const given = await ask(chosen.prompt);
  if (given) await requests.send(method, { ...params, [chosen.prompt.into]: given });
}

/** Down the tree to a choice that has no more below it. */
async function choose(
  title: string,
  choices: readonly protocol.Choice[],
): Promise<protocol.Choice | undefined> {
  const items = choices.map((choice) => ({
    label: label(choice.title),
    detail: label(choice.detail ?? ""),
    choice,
  }));
  const chosen = (await vscode.window.showQuickPick(items, { title: oneLine(title) }))?.choice;
  return chosen && chosen.choices.length > 0 ? choose(chosen.title, chosen.choices) : chosen;
}

const label = (text: string) => withoutIcons(oneLine(text));
