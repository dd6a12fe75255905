// A child process that is spoken to in lines. It sees the end of its stdin when the extension host is gone,
// however that went.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { homedir } from "node:os";
import { byLine } from "./lines";

const KILL_AFTER = 2000; // milliseconds from the end of its stdin
const LAST_WORDS = 500; // milliseconds for what it wrote before its end; a child of it may hold the pipe open
const LONGEST_WORDS = 400; // characters of stderr that are kept

/** The host's own environment, but a child that is Electron must not take itself for Node. */
function environment(): NodeJS.ProcessEnv {
  const { ELECTRON_RUN_AS_NODE: _, ...others } = process.env;
  return others;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref());

export class Process {
  /** The last line that it wrote to stderr, or how it ended; never rejects. */
  readonly ended: Promise<string>;
  private readonly exited: Promise<string>;
  private words = "";

  /** Start it, without a shell and outside of the folder that is open. Rejects when it cannot be run. */
  static async start(argv: readonly string[], onLine: (line: string) => void): Promise<Process> {
    const [program = "", ...others] = argv;
    const child = spawn(program, others, { cwd: homedir(), env: environment(), windowsHide: true });
    const started = new Process(child, onLine);
    await once(child, "spawn");
    return started;
  }

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    onLine: (line: string) => void,
  ) {
    child.stdout.setEncoding("utf8").on("data", byLine(onLine));
    child.stderr.setEncoding("utf8").on("data", (piece: string) => {
      this.words = (this.words + piece).slice(-LONGEST_WORDS);
    });
    // Its end is reported by itself: what cannot be written or killed any more is no news.
    child.stdin.on("error", () => {});
    child.on("error", () => {});
    const closed = new Promise((resolve) => child.once("close", resolve));
    this.exited = new Promise((resolve) =>
      child.once("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit status ${code}`)),
    );
    this.ended = this.exited.then(async (how) => {
      await Promise.race([closed, pause(LAST_WORDS)]);
      return this.lastWords() || how;
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  write(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  /** Resolves when it is gone. */
  async stop(): Promise<void> {
    this.child.stdin.end();
    const timer = setTimeout(() => this.child.kill("SIGKILL"), KILL_AFTER);
    await this.exited;
    clearTimeout(timer);
  }

  private lastWords(): string {
    const lines = this.words.split(/[\r\n]+/).map((line) => line.trim());
    return lines.filter((line) => line !== "").at(-1) ?? "";
  }
}
