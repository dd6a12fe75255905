// Where the core is. The first step of the ladder that finds it wins:
// the setting `opencredits.command` > what `opencredits setup` has recorded > PATH > the usual folders of a user.

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { Failure, GET_STARTED, RESTART } from "./failure";
import { readJson, setupFile, variable } from "./paths";
import { fields, list, text } from "./shape";

export interface Core {
  command: string[]; // what to start; arguments are added
  step: string; // by which it was found
}

const INSTALL = "pipx install opencredits";
const isWindows = process.platform === "win32";
const PROGRAM = "opencredits";

const setup = fields({ command: list(text) });

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** The first of these that can be run. */
async function firstProgram(paths: readonly string[]): Promise<string | undefined> {
  for (const path of isWindows ? paths.flatMap((each) => [each, `${each}.exe`]) : paths) {
    if (await isProgram(path)) return path;
  }
  return undefined;
}

const inHome = (path: string) => path.replace(/^~(?=$|[\\/])/, homedir());

/** A program as it was written down: its path, or a name that is looked up in PATH. */
function findProgram(written: string): Promise<string | undefined> {
  const path = inHome(written);
  if (isAbsolute(path)) return firstProgram([path]);
  if (/[\\/]/.test(path)) return Promise.resolve(undefined); // relative to a folder that nobody chose
  const folders = (variable("PATH") ?? "").split(delimiter).filter(isAbsolute);
  return firstProgram(folders.map((folder) => join(folder, path)));
}

async function findCommand(written: readonly string[]): Promise<string[] | undefined> {
  const [first, ...others] = written;
  const program = first ? await findProgram(first) : undefined;
  return program ? [program, ...others] : undefined;
}

/** Where pipx, uv and pip put programs of a user, and the environments of the first two. */
function userFolders(): string[] {
  const data =
    (isWindows ? variable("APPDATA") : variable("XDG_DATA_HOME")) ??
    (isWindows ? "~/AppData/Roaming" : "~/.local/share");
  const environments = [
    join(variable("PIPX_HOME") ?? join(data, "pipx"), "venvs"),
    "~/.local/pipx/venvs",
    "~/pipx/venvs",
    "~/Library/Application Support/pipx/venvs",
    variable("UV_TOOL_DIR") ?? join(data, "uv", "tools"),
  ];
  const folders = [
    variable("PIPX_BIN_DIR"),
    variable("UV_TOOL_BIN_DIR"),
    variable("XDG_BIN_HOME"),
    "~/.local/bin",
    "~/bin",
    ...environments.map((each) => join(each, PROGRAM, isWindows ? "Scripts" : "bin")),
  ];
  return folders.filter((each) => each !== undefined).map(inHome);
}

async function recorded(): Promise<string[]> {
  try {
    return setup(await readJson(setupFile())).command;
  } catch {
    return [];
  }
}

async function inUserFolders(): Promise<string[]> {
  const program = await firstProgram(userFolders().map((folder) => join(folder, PROGRAM)));
  return program ? [program] : [];
}

/** Find the core, or tell what was tried and what to do next. `wanted` is the setting, empty when not set. */
export async function findCore(wanted: readonly string[]): Promise<Core> {
  if (wanted.length > 0) {
    const command = await findCommand(wanted);
    if (command) return { command, step: "the setting 'opencredits.command'" };
    throw new Failure(
      `The setting 'opencredits.command' names '${wanted[0]}', which cannot be run.`,
      "Correct it, or leave it out.",
    );
  }
  const steps: [string, () => string[] | Promise<string[]>][] = [
    [setupFile(), recorded],
    ["PATH", () => [PROGRAM]],
    ["the usual folders (~/.local/bin, pipx, uv tools)", inUserFolders],
  ];
  for (const [step, look] of steps) {
    const command = await findCommand(await look());
    if (command) return { command, step };
  }
  const tried = steps.map(([step]) => step).join(", ");
  const advice = `Run '${INSTALL}', then 'OpenCredits: Restart'. Tried were ${tried}.`;
  throw new Failure("No core was found.", advice, [GET_STARTED, RESTART]);
}
