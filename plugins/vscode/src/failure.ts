import type { Command } from "vscode";

/** What has gone wrong, in a sentence for the person; `action` says what to do next, `offers` does it. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly action = "",
    readonly offers: readonly Command[] = [],
  ) {
    super(message);
  }

  get sentence(): string {
    return `${this.message} ${this.action}`.trim();
  }
}

/** The core that was asked was stopped on purpose: nobody answers, and nobody needs to be told. */
export class Dropped extends Error {}

export const RESTART: Command = { title: "Restart", command: "opencredits.restart" };
export const SHOW_LOG: Command = { title: "Show Log", command: "opencredits.log" };
export const GET_STARTED: Command = { title: "Get Started", command: "opencredits.start" };
