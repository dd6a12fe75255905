// Where the core keeps its files: the same rules as its own (core/opencredits/paths.py).

import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** `undefined` when it is not set or empty. */
export function variable(name: string): string | undefined {
  return process.env[name]?.trim() || undefined;
}

function stateFolder(): string {
  const own = variable("OPENCREDITS_HOME");
  if (own) return join(own, "state");
  switch (process.platform) {
    case "win32":
      return join(variable("LOCALAPPDATA") ?? join(homedir(), "AppData", "Local"), "opencredits");
    case "darwin":
      return join(homedir(), "Library", "Application Support", "opencredits");
    default:
      return join(variable("XDG_STATE_HOME") ?? join(homedir(), ".local", "state"), "opencredits");
  }
}

/** What was shown last, for an editor that starts. */
export const statusFile = (): string => join(stateFolder(), "status.json");

/** Where `opencredits setup` found the core. */
export const setupFile = (): string => join(stateFolder(), "setup.json");

export const logFile = (): string => join(stateFolder(), "opencredits.log");

/** `undefined` when there is nothing that can be read. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}
