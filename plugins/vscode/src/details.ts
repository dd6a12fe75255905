// The details in a panel: one for this window, kept up to date while it is seen.

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { body, page } from "./details-page";
import { attempt } from "./message";
import * as protocol from "./protocol";
import type { Requests } from "./requests";
import { fields, maybe, text } from "./shape";

const clicked = fields({ action: text, subject: maybe(text) });

export class DetailsPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private body = "";
  private isKept = false; // it holds a page that an answer has brought, which nothing but the person replaces
  private isOld = false; // it has changed while nobody saw it

  constructor(private readonly requests: Requests) {}

  /** Show them as soon as the core has answered. */
  async open(): Promise<void> {
    this.isKept = false;
    await this.read();
    this.reveal();
  }

  /** Show this page in their place. */
  show(page: protocol.Details): void {
    this.isKept = true;
    this.put(page);
    this.reveal();
  }

  /** What is shown may have changed. */
  async update(): Promise<void> {
    if (!this.panel?.visible) this.isOld = true;
    else if (!this.isKept) await this.reread();
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private async read(): Promise<void> {
    const details = await this.requests.ask("details", protocol.details);
    if (!this.isKept) this.put(details);
  }

  private async reread(): Promise<void> {
    try {
      await this.read();
    } catch {
      // Nobody has asked: what is shown stays.
    }
  }

  private put(page: protocol.Details): void {
    this.body = body(page);
    this.isOld = false;
    this.post();
  }

  private post(): void {
    void this.panel?.webview.postMessage({ body: this.body });
  }

  private reveal(): void {
    this.panel ??= this.create();
    this.panel.reveal();
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
    if (subject !== null) {
      await this.requests.send("act", { subject, action }); // the status in its answer brings an update
    } else if (action === "refresh") {
      this.isKept = false;
      await this.requests.send("refresh");
    } else {
      this.post();
      if (this.isOld) await this.update();
    }
  }
}
