// The conversation with one core: JSON-RPC, one message per line.

import { Dropped, Failure } from "./failure";
import { Process } from "./process";
import * as protocol from "./protocol";

interface Waiting {
  resolve(result: unknown): void;
  reject(reason: Error): void;
}

export interface Listener {
  /** The core says something by itself. */
  notified(method: string, params: protocol.Params): void;
  /** It ended without having been asked to; what it said last. */
  ended(words: string): void;
  /** Something was passed over, because it cannot be understood. */
  puzzled(problem: string): void;
}

export class Bridge {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private isClosed = false;

  /** Start a core and listen to it. Rejects when it cannot be run. */
  static async open(argv: readonly string[], listener: Listener): Promise<Bridge> {
    let bridge: Bridge | undefined;
    const process = await Process.start(argv, (line) => bridge?.receive(line));
    bridge = new Bridge(process, listener);
    return bridge;
  }

  private constructor(
    private readonly process: Process,
    private readonly listener: Listener,
  ) {
    process.ended.then((words) => {
      if (!this.isClosed) listener.ended(words);
    });
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  request(method: string, params: protocol.Params): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.write({ id, method, params });
    });
  }

  notify(method: string, params: protocol.Params): void {
    this.write({ method, params });
  }

  /** Who waits for an answer gets this instead. */
  giveUp(reason: Error): void {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const each of waiting) each.reject(reason);
  }

  /** End it, and hear nothing of it any more. Resolves when it is gone. */
  close(): Promise<void> {
    this.isClosed = true;
    this.giveUp(new Dropped());
    return this.process.stop();
  }

  private write(message: object): void {
    this.process.write(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }

  private receive(line: string): void {
    if (this.isClosed) return;
    try {
      this.dispatch(JSON.parse(line));
    } catch (error) {
      this.listener.puzzled(error instanceof Failure ? error.message : "A line of the core is no JSON.");
    }
  }

  private dispatch(value: unknown): void {
    const { id, method, params, error, result } = protocol.message(value);
    if (method !== null) {
      this.listener.notified(method, params ?? {});
      return;
    }
    const waiting = this.waiting.get(id ?? 0);
    this.waiting.delete(id ?? 0);
    if (error !== null) waiting?.reject(new Failure(error.message, error.data?.action ?? ""));
    else waiting?.resolve(result);
  }
}
