// Alerts of the core, as notifications with their actions.

import { attempt, say } from "./message";
import type { Alert } from "./protocol";
import type { Requests } from "./requests";

export async function showAlert(
  { id, level, title, message, actions }: Alert,
  requests: Requests,
): Promise<void> {
  // What is said begins with our own name anyway.
  const text = title === "OpenCredits" ? message : `${title}: ${message}`;
  const chosen = await say(level, text, actions);
  if (chosen) await attempt(() => requests.send("act", { subject: id, action: chosen.id }));
}
