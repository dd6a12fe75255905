// The details in a panel: one for this window, kept up to date while it is seen.

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { body, page } from "./details-page";
import { attempt } from "./message";
import { details } from "./protocol";
import type { Requests } from "./requests";
import { fields, maybe, text } from "./shape";

const clicked = fields({ action: text, subject: maybe(text) });

export class DetailsPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private body = "";

  constructor(private readonly requests: Requests) {}

  /** Show them as soon as the core has answered. */
  async open(): Promise<void> {
    await this.read();
    this.panel ??= this.create();
    this.panel.reveal();
  }

  /** What is shown may have changed. */
  async update(): Promise<void> {
    if (!this.panel?.visible) return;
    try {
      await this.read();
    } catch {
      // Nobody has asked: what is shown stays.
    }
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private async read(): Promise<void> {
    this.body = body(await this.requests.ask("details", details));
    this.show();
  }

  private show(): void {
    void this.panel?.webview.postMessage({ body: this.body });
  }

  private create(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel(
      "opencredits.details",
      "OpenCredits",
      vscode.ViewColumn.Active,
      {
        enableScripts: true,
        localResourceRoots: [],
      },
    );
    panel.webview.onDidReceiveMessage((message) => attempt(() => this.hear(message)));
    panel.onDidDispose(() => {
      this.panel = undefined;
    });
    panel.webview.html = page(randomBytes(16).toString("base64"));
    return panel;
  }

  private async hear(message: unknown): Promise<void> {
    const { action, subject } = clicked(message);
    if (subject !== null) await this.requests.send("act", { subject, action });
    else if (action === "refresh") await this.requests.send("refresh");
    else this.show();
    await this.update();
  }
}
