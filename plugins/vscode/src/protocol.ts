// The shapes that pass between the core and this adapter. docs/bridge.md is their contract.

import {
  anything,
  fields,
  flag,
  list,
  maybe,
  number,
  type Of,
  object,
  type Shape,
  text,
  word,
} from "./shape";

export const VERSION = 1;

export type Params = Readonly<Record<string, unknown>>;

export const message = fields({
  id: maybe(number),
  method: maybe(text),
  params: maybe(object),
  result: anything,
  error: maybe(fields({ message: text, data: maybe(fields({ action: maybe(text) })) })),
});

export const status = fields({
  text,
  level: word(["ok", "low", "critical", "error", "unknown"], "unknown"),
  state: maybe(text),
  visible: flag,
  stale_at: maybe(text), // UTC; `stale_text` is to be shown from then on, where no core is there to say more
  stale_text: maybe(text),
  tooltip: maybe(text), // Markdown
  tooltip_text: maybe(text),
});
export type Status = Of<typeof status>;
export type Level = Status["level"];

/** The part of the answer to `initialize` that every version of the protocol has. */
export const greeting = fields({
  protocol: maybe(number),
  server: maybe(fields({ name: maybe(text), version: maybe(text) })),
});

const keyKind = word(["ordinary", "management"], "ordinary");
export type KeyKind = Of<typeof keyKind>;

const action = fields({ id: text, title: text });
export type Action = Of<typeof action>;

export const alert = fields({
  id: text,
  level: word(["info", "warn", "error"], "warn"),
  title: text,
  message: text,
  actions: list(action),
});
export type Alert = Of<typeof alert>;

export const details = fields({
  title: text,
  text,
  lists: list(
    fields({
      title: text,
      rows: list(fields({ id: text, text, detail: maybe(text), actions: list(action) })),
    }),
  ),
});
export type Details = Of<typeof details>;

/** What the answer to any request may carry. */
export const answer = fields({
  status: maybe(status),
  message: maybe(text),
  faults: list(text),
  confirm: maybe(fields({ text, token: text })),
  kind: maybe(keyKind),
  stored_in: maybe(text),
  removed: maybe(fields({ account: text, kind: keyKind })),
  url: maybe(text),
  page: maybe(details),
});
export type Answer = Of<typeof answer>;

const prompt = fields({ title: text, into: text, secret: flag });
export type Prompt = Of<typeof prompt>;

export interface Choice {
  title: string;
  detail: string | null;
  choices: Choice[]; // one level down; empty where `request` is to be sent
  request: { method: string; params: Params } | null;
  prompt: Prompt | null;
}

const choice: Shape<Choice> = fields({
  title: text,
  detail: maybe(text),
  choices: list((value) => choice(value)),
  request: maybe(fields({ method: text, params: object })),
  prompt: maybe(prompt),
});

export const menu = fields({ title: text, choices: list(choice) });
