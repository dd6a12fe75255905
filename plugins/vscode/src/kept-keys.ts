// Keys that this editor keeps for the core, on a machine without a keyring: in VS Code's own SecretStorage.

import { isDeepStrictEqual } from "node:util";
import * as vscode from "vscode";
import type { KeyKind, Params } from "./protocol";
import { fields, maybe, object, text } from "./shape";

type Keys = Record<string, Partial<Record<KeyKind, string>>>; // by account, as `initialize` takes them

const NAME = "opencredits.keys"; // one secret for all of them: what there is cannot be listed

const ofOneAccount = fields({ ordinary: maybe(text), management: maybe(text) });

function parse(stored: string | undefined): Keys {
  const keys: Keys = {};
  for (const [account, value] of Object.entries(object(JSON.parse(stored ?? "{}")))) {
    const { ordinary, management } = ofOneAccount(value);
    keys[account] = { ...(ordinary && { ordinary }), ...(management && { management }) };
  }
  return keys;
}

export class KeptKeys implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly watch: vscode.Disposable;
  private known: Keys = {};

  /** Another window has kept a key, or dropped one. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly secrets: vscode.SecretStorage,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.watch = secrets.onDidChange(async ({ key }) => {
      const known = this.known;
      if (key === NAME && !isDeepStrictEqual(known, await this.read())) this.changed.fire();
    });
  }

  /** All that are kept; none where they cannot be read. */
  async read(): Promise<Keys> {
    try {
      this.known = parse(await this.secrets.get(NAME));
    } catch {
      this.log.warn("The keys that VS Code keeps cannot be read."); // an error's own words may hold one
      this.known = {};
    }
    return this.known;
  }

  /** Follow what the core has answered: it says which keys are for this editor to keep, and which are gone. */
  async follow(
    params: Params,
    answer: { stored_in: string | null; kind: KeyKind | null; removed: Removed | null },
  ) {
    const { account, key } = params;
    if (
      typeof account === "string" &&
      typeof key === "string" &&
      answer.stored_in !== null &&
      answer.kind !== null
    ) {
      await this.put(account, answer.kind, answer.stored_in === "editor" ? key : undefined);
    }
    if (answer.removed) await this.put(answer.removed.account, answer.removed.kind, undefined);
  }

  dispose(): void {
    this.watch.dispose();
    this.changed.dispose();
  }

  private async put(account: string, kind: KeyKind, key: string | undefined): Promise<void> {
    const { [kind]: before, ...others } = (await this.read())[account] ?? {};
    if (before === key) return;
    this.known = { ...this.known, [account]: { ...others, ...(key !== undefined && { [kind]: key }) } };
    await this.secrets.store(NAME, JSON.stringify(this.known));
  }
}

interface Removed {
  account: string;
  kind: KeyKind;
}
