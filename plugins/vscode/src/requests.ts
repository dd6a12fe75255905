// Requests that a person makes: whatever the answer carries is shown.

import type { KeptKeys } from "./kept-keys";
import { confirm, say } from "./message";
import * as protocol from "./protocol";
import type { Session } from "./session";
import type { Shape } from "./shape";
import type { CurrentStatus } from "./status";

export class Requests {
  constructor(
    private readonly session: Session,
    private readonly status: CurrentStatus,
    private readonly keys: KeptKeys,
  ) {}

  /** Ask for something to show. */
  async ask<T>(method: string, shape: Shape<T>): Promise<T> {
    return shape(await this.session.request(method));
  }

  /** Have something done, after a yes where one is needed. */
  async send(method: string, params: protocol.Params = {}): Promise<void> {
    const answer = protocol.answer(await this.session.request(method, params));
    await this.keys.follow(params, answer);
    if (answer.status) this.status.take(answer.status);
    if (answer.message) void say("info", answer.message);
    if (answer.confirm && (await confirm(answer.confirm.text))) {
      await this.send(method, { ...params, confirm: answer.confirm.token });
    }
  }
}
