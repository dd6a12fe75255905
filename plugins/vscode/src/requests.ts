// Requests that a person makes: whatever the answer carries is shown.

import * as vscode from "vscode";
import type { KeptKeys } from "./kept-keys";
import { confirm, say } from "./message";
import * as protocol from "./protocol";
import type { Session } from "./session";
import type { Shape } from "./shape";
import type { CurrentStatus } from "./status";

export class Requests implements vscode.Disposable {
  private readonly brought = new vscode.EventEmitter<protocol.Details>();
  /** An answer has brought a page to read. */
  readonly onPage = this.brought.event;

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
    if (answer.page) this.brought.fire(answer.page);
    if (answer.url) await vscode.env.openExternal(vscode.Uri.parse(answer.url, true));
    if (answer.confirm && (await confirm(answer.confirm.text))) {
      await this.send(method, { ...params, confirm: answer.confirm.token });
    }
  }

  dispose(): void {
    this.brought.dispose();
  }
}
