// What is shown: the newest status of the core, and how it becomes old where no core is there to say so.

import { type Disposable, EventEmitter } from "vscode";
import { readJson, statusFile } from "./paths";
import type { Level, Status } from "./protocol";
import * as protocol from "./protocol";

export interface Shown {
  text: string; // on one line
  level: Level;
  state: string;
  tooltip: string; // Markdown
  tooltipText: string;
}

const LOOK_AGAIN = 5000; // milliseconds

/** Line breaks and other control characters have no place in a status bar. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();

// Both are ISO 8601 in UTC to the second, so that they compare as text.
function isOld(status: Status, now = new Date()): boolean {
  return status.stale_at !== null && status.stale_at <= `${now.toISOString().slice(0, 19)}Z`;
}

function shown(status: Status, text: string): Shown | undefined {
  const line = oneLine(text);
  if (!status.visible || line === "") return undefined;
  const { level, state, tooltip, tooltip_text: tooltipText } = status;
  return { text: line, level, state: state ?? "", tooltip: tooltip ?? "", tooltipText: tooltipText ?? "" };
}

export class CurrentStatus implements Disposable {
  private newest: Status | undefined;
  private aging: NodeJS.Timeout | undefined;

  private readonly changed = new EventEmitter<Shown | undefined>();
  /** `undefined` when there is nothing to show. */
  readonly onDidChange = this.changed.event;

  /** Show what the core says; it will say when that has become old. */
  take(status: Status): void {
    clearTimeout(this.aging);
    this.newest = status;
    this.changed.fire(shown(status, status.text));
  }

  /** No core is there to say more: what is shown now becomes old by itself. */
  leaveAlone(): void {
    clearTimeout(this.aging);
    const status = this.newest;
    if (!status) return;
    if (isOld(status)) this.changed.fire(shown(status, status.stale_text ?? status.text));
    else this.aging = setTimeout(() => this.leaveAlone(), LOOK_AGAIN);
  }

  /** Show what was stored last, unless the core has said something already. */
  async load(): Promise<void> {
    const stored = await readJson(statusFile());
    if (this.newest) return;
    try {
      this.take(protocol.status(stored));
      this.leaveAlone();
    } catch {
      // Nothing is stored that could be shown.
    }
  }

  /** Show nothing. */
  hide(): void {
    clearTimeout(this.aging);
    this.newest = undefined;
    this.changed.fire(undefined);
  }

  dispose(): void {
    clearTimeout(this.aging);
    this.changed.dispose();
  }
}
