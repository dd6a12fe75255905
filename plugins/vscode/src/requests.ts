// Requests that a person makes: whatever the answer carries is shown.

import type { KeptKeys } from "./kept-keys";
import { confirm, say, sayFailure } from "./message";
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

  /** Ask for something to show; `undefined` when there is none, and the person has been told why. */
  async ask<T>(method: string, shape: Shape<T>): Promise<T | undefined> {
    try {
      return shape(await this.session.request(method));
    } catch (error) {
      sayFailure(error);
      return undefined;
    }
  }

  /** Have something done, after a yes where one is needed. Whether it was done. */
  async send(method: string, params: protocol.Params = {}): Promise<boolean> {
    try {
      const answer = protocol.answer(await this.session.request(method, params));
      await this.keys.follow(params, answer);
      if (answer.status) this.status.take(answer.status);
      if (answer.message) void say("info", answer.message);
      if (!answer.confirm) return true;
      const { text, token } = answer.confirm;
      return (await confirm(text)) && (await this.send(method, { ...params, confirm: token }));
    } catch (error) {
      sayFailure(error);
      return false;
    }
  }
}
