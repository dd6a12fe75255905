"""Alerts: each is shown once; one that offers actions waits for `OpenCredits: Answer Alert`."""

from __future__ import annotations

from typing import Callable

import sublime

from . import choice, message
from .bridge import Json
from .request import Requests

MOST = 20
NONE_WAITS = "No alert waits for an answer."


class Alerts:
    """Those that wait, newest first. `notify` tells the core."""

    def __init__(self, requests: Requests, notify: Callable[[str, Json], None]) -> None:
        self._requests = requests
        self._notify = notify
        self._waiting: list[Json] = []
        self._held: list[Json] = []  # those that nobody could see so far

    def receive(self, alert: Json) -> None:
        """Show it, as soon as there is a window."""
        self._held.append(alert)
        self.show_held()

    def show_held(self) -> None:
        """A window may have opened."""
        if self._held and sublime.active_window().is_valid():
            held, self._held = self._held, []
            for alert in held:
                self._show(alert)

    def drop_held(self) -> None:
        """The core that told them has ended: they are told to another editor, or here again."""
        self._held = []

    def choose(self) -> None:
        """Choose one that waits, and then what to do about it."""
        if not self._waiting:
            message.info(NONE_WAITS)
        elif len(self._waiting) == 1:
            self._act(self._waiting[0])
        else:
            choices = [
                {"title": alert["title"], "detail": alert["message"], "alert": alert}
                for alert in self._waiting
            ]
            choice.ask("OpenCredits", choices, lambda chosen: self._act(chosen["alert"]))

    def _show(self, alert: Json) -> None:
        # What is said begins with our own name anyway.
        title, text = alert["title"], alert["message"]
        words = text if title == "OpenCredits" else f"{title}. {text}"
        if alert.get("actions"):
            titles = " | ".join(action["title"] for action in alert["actions"])
            words = f"{words} ['OpenCredits: Answer Alert': {titles}]"
            self._forget(alert["id"])
            self._waiting = [alert, *self._waiting][:MOST]
        is_passing = alert.get("level") == "info" and not alert.get("actions")
        (message.info if is_passing else message.problem)(words)
        self._notify("shown", {"id": alert["id"]})

    def _act(self, alert: Json) -> None:
        subject = alert["id"]
        choice.ask(
            alert["title"],
            alert["actions"],
            lambda action: self._requests.send(
                "act", {"subject": subject, "action": action["id"]}, lambda _: self._forget(subject)
            ),
        )

    def _forget(self, subject: str) -> None:
        self._waiting = [alert for alert in self._waiting if alert["id"] != subject]
