// The settings of this adapter, and those that are handed on to the core.

import { isDeepStrictEqual } from "node:util";
import * as vscode from "vscode";
import type { Params } from "./protocol";

export const SECTION = "opencredits";

// Only what a person has set wins over config.toml: package.json declares defaults for the settings page.
const OF_THE_CORE = {
  updateInterval: "update_interval",
  showInStatusBar: "show_in_status_bar",
  consumptionRatePeriod: "rate_window",
  format: "format",
  accounts: "accounts",
};

export interface Settings {
  enabled: boolean;
  command: string[]; // empty: the core is looked for
  demo: boolean;
  core: Params; // by their names in config.toml
}

function isSet(config: vscode.WorkspaceConfiguration, name: string): boolean {
  const where = config.inspect(name);
  return (where?.workspaceFolderValue ?? where?.workspaceValue ?? where?.globalValue) !== undefined;
}

function words(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((each) => typeof each === "string" && each !== "");
}

export function readSettings(): Settings {
  const config = vscode.workspace.getConfiguration(SECTION);
  const core = Object.entries(OF_THE_CORE)
    .filter(([name]) => isSet(config, name))
    .map(([name, option]) => [option, config.get(name)]);
  return {
    enabled: config.get("providers.openrouter.enabled") !== false,
    command: words(config.get("command")),
    demo: config.get("demo") === true,
    core: Object.fromEntries(core),
  };
}

/** Whether only a new core can take these over. */
export function needsRestart(before: Settings, now: Settings): boolean {
  return before.demo !== now.demo || !isDeepStrictEqual(before.command, now.command);
}

/** What of the core's options has changed; `null` takes one back. */
export function changes(before: Params, now: Params): Params {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  const changed = [...names].filter((name) => !isDeepStrictEqual(before[name], now[name]));
  return Object.fromEntries(changed.map((name) => [name, now[name] ?? null]));
}
