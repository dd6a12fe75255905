// Keeps one core running for this window: starts it, tells it what was set, brings it back when it crashes.

import * as vscode from "vscode";
import { Bridge } from "./bridge";
import { findCore } from "./core";
import { Dropped, Failure, RESTART, SHOW_LOG } from "./failure";
import type { KeptKeys } from "./kept-keys";
import { attempt, say, tell } from "./message";
import * as protocol from "./protocol";
import { changes, needsRestart, readSettings, type Settings } from "./settings";
import type { CurrentStatus } from "./status";

const MOST_CRASHES = 5;
const CRASHES_WITHIN = 180_000; // milliseconds
const FIRST_PAUSE = 500; // milliseconds; doubled with each crash

const NOT_RUNNING = new Failure("The core is not running.", "'OpenCredits: Restart' starts it.", [RESTART]);
const SWITCHED_OFF = new Failure(
  "It is switched off by the setting 'opencredits.providers.openrouter.enabled'.",
);
const CRASHED = new Failure("The core crashed before it answered; it is started again.");

interface Early {
  send(): void;
  drop(): void;
}

export class Session implements vscode.Disposable {
  private bridge: Bridge | undefined;
  private state: "stopped" | "coming" | "ready" = "stopped"; // coming: being started, or will be after a pause
  private early: Early[] = []; // what waits for it
  private turn = 0; // counts starts and ends: who has waited looks whether it is still its turn
  private ending: Promise<unknown> = Promise.resolve(); // until the cores before are gone
  private pause: NodeJS.Timeout | undefined;
  private crashes: number[] = []; // when they were
  private told: Settings | undefined; // what the newest core was told
  private warned = ""; // the faults that were shown last

  private readonly started = new vscode.EventEmitter<void>();
  private readonly alerted = new vscode.EventEmitter<protocol.Alert>();
  readonly onDidStart = this.started.event;
  readonly onAlert = this.alerted.event;

  constructor(
    private readonly client: { name: string; version: string },
    private readonly status: CurrentStatus,
    private readonly keys: KeptKeys,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Bring what runs in line with the settings. */
  sync(): void {
    const before = this.told;
    const now = readSettings();
    if (!now.enabled) {
      this.end();
      this.status.hide();
      this.told = undefined;
    } else if (!before || this.state === "stopped" || needsRestart(before, now)) {
      if (before && before.demo !== now.demo) this.status.hide(); // figures of the one are nothing for the other
      this.restart();
    } else {
      this.told = now;
      void attempt(() => this.sendSettings(changes(before.core, now.core)));
    }
  }

  /** Start the core anew, whatever became of the one before; the last call wins. */
  restart(): void {
    this.end();
    this.crashes = [];
    if (readSettings().enabled) void this.start();
  }

  /** Ask the core. One that is starting answers when it is up. */
  request(method: string, params: protocol.Params = {}): Promise<unknown> {
    if (this.bridge && this.state === "ready") return this.bridge.request(method, params);
    if (this.state === "stopped") return Promise.reject(readSettings().enabled ? NOT_RUNNING : SWITCHED_OFF);
    return new Promise((resolve, reject) => {
      const send = () => this.request(method, params).then(resolve, reject);
      this.early.push({ send, drop: () => reject(new Dropped()) });
    });
  }

  /** Tell a core that is there. */
  notify(method: string, params: protocol.Params): void {
    if (this.state === "ready") this.bridge?.notify(method, params);
  }

  /** Resolves when no core is left. */
  async stop(): Promise<void> {
    this.end();
    await this.ending;
  }

  dispose(): void {
    this.end();
    this.started.dispose();
    this.alerted.dispose();
  }

  private async start(): Promise<void> {
    const turn = ++this.turn;
    this.state = "coming";
    try {
      await this.ending;
      if (turn === this.turn) await this.open(turn);
    } catch (error) {
      if (turn === this.turn) this.refuse(error);
    }
  }

  private async open(turn: number): Promise<void> {
    const settings = readSettings();
    this.told = settings;
    const [core, keys] = await Promise.all([
      findCore(settings.command),
      settings.demo ? {} : this.keys.read(),
    ]);
    if (turn !== this.turn) return;
    this.log.info(`Starting ${core.command[0]}, found by ${core.step}.`); // what comes after may be anything
    const argv = [...core.command, "bridge", ...(settings.demo ? ["--demo"] : [])];
    const bridge = await this.run(argv);
    if (turn !== this.turn) {
      this.ending = Promise.all([this.ending, bridge.close()]);
      return;
    }
    this.bridge = bridge;
    const answer = await bridge.request("initialize", {
      protocol: protocol.VERSION,
      client: { ...this.client, keeps_keys: true },
      settings: settings.core,
      keys,
    });
    if (turn === this.turn) this.begin(answer);
  }

  private async run(argv: readonly string[]): Promise<Bridge> {
    try {
      return await Bridge.open(argv, {
        notified: (method, params) => this.hear(method, params),
        ended: (words) => this.recover(words),
        puzzled: (problem) => this.log.warn(problem),
      });
    } catch (error) {
      const { message } = error as Error;
      throw new Failure(`The core cannot be started: ${message}.`);
    }
  }

  private begin(answer: unknown): void {
    const { protocol: version, server } = protocol.greeting(answer);
    if (version !== protocol.VERSION) {
      throw new Failure(
        `The core (${server?.version ?? "?"}) does not speak version ${protocol.VERSION} of the protocol.`,
        "Update the core and this extension to the same version.",
      );
    }
    const { status, faults } = protocol.answer(answer);
    this.log.info(
      `${server?.name ?? "core"} ${server?.version ?? "?"} answers (process ${this.bridge?.pid}).`,
    );
    this.state = "ready";
    if (status) this.status.take(status);
    this.warnOf(faults);
    this.started.fire();
    for (const each of this.early.splice(0)) each.send();
  }

  private hear(method: string, params: protocol.Params): void {
    if (method === "status_changed") this.status.take(protocol.status(params.status));
    else if (method === "alert") this.alerted.fire(protocol.alert(params));
  }

  /** Another try would end in the same way. */
  private refuse(error: unknown): void {
    this.end();
    this.status.leaveAlone();
    this.log.error(error instanceof Failure ? error.sentence : String(error));
    void tell(error);
  }

  private recover(words: string): void {
    const bridge = this.bridge;
    this.bridge = undefined;
    this.turn++;
    this.status.leaveAlone();
    this.log.warn(`The core ended: ${words}`);
    const count = this.countCrash();
    if (count < MOST_CRASHES) {
      this.state = "coming";
      this.pause = setTimeout(() => void this.start(), FIRST_PAUSE * 2 ** (count - 1));
      bridge?.giveUp(CRASHED);
    } else {
      bridge?.giveUp(new Dropped());
      const last = `The core crashed ${count} times in 3 minutes, the last time with: ${words}.`;
      const advice = "See 'OpenCredits: Show Log'; 'OpenCredits: Restart' tries again.";
      this.refuse(new Failure(last, advice, [RESTART, SHOW_LOG]));
    }
  }

  /** How many crashes there were lately, with this one. */
  private countCrash(): number {
    const now = Date.now();
    this.crashes = [...this.crashes.filter((at) => now - at < CRASHES_WITHIN), now];
    return this.crashes.length;
  }

  private end(): void {
    this.turn++;
    clearTimeout(this.pause);
    if (this.bridge) this.ending = Promise.all([this.ending, this.bridge.close()]);
    this.bridge = undefined;
    this.state = "stopped";
    for (const each of this.early.splice(0)) each.drop();
  }

  private async sendSettings(changed: protocol.Params): Promise<void> {
    if (Object.keys(changed).length === 0) return;
    const { status, faults } = protocol.answer(await this.request("settings", changed));
    if (status) this.status.take(status);
    this.warnOf(faults);
  }

  /** Once for the same faults: a core that comes back after a crash says them again. */
  private warnOf(faults: readonly string[]): void {
    const text = faults.join(" ");
    if (text !== "" && text !== this.warned) void say("warn", text);
    this.warned = text;
  }
}
