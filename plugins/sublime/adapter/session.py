"""Keeps one core running: starts it, tells it what was set, brings it back when it crashes."""

from __future__ import annotations

import json
import time
from functools import partial
from typing import Callable

from . import VERSION, core, message
from .bridge import Answer, Bridge, Json
from .settings import Settings
from .status import StatusBar
from .threads import Timer

PROTOCOL = 1
MOST_CRASHES = 5
CRASHES_WITHIN = 180  # seconds
FIRST_PAUSE = 500  # milliseconds; doubled with each crash

OTHER_PROTOCOL = (
    "The core ({}) does not speak version {} of the protocol. "
    "Update the core and this package to the same version."
)
GAVE_UP = (
    "The core crashed {} times in 3 minutes, the last time with: {}. "
    "See 'OpenCredits: Open Log'; 'OpenCredits: Restart' tries again."
)
NOT_RUNNING = "The core is not running. 'OpenCredits: Restart' starts it."
SWITCHED_OFF = 'It is switched off: "enabled" is false in OpenCredits.sublime-settings.'
CRASHED = "The core crashed before it answered; it is started again."


class Session:
    """Used in the main thread alone.

    `on_ready` is called whenever a core has answered first, `on_alert` gets what it wants to interrupt for.
    """

    def __init__(
        self, status: StatusBar, on_ready: Callable[[], None], on_alert: Callable[[Json], None]
    ) -> None:
        self._status = status
        self._on_ready = on_ready
        self._on_alert = on_alert
        self._settings: Settings | None = None  # what the running core was told
        self._bridge: Bridge | None = None
        self._is_ready = False  # it has answered to `initialize`
        self._early: list[Callable[[], None]] = []  # what waits for that
        self._crashes: list[float] = []  # when they were
        self._pause = Timer()
        self._warned: dict[str, str] = {}  # the faults that were shown last

    def sync(self, settings: Settings) -> None:
        """Bring what runs in line with the settings."""
        self._warn_of("settings", settings.faults)
        before, self._settings = self._settings, settings
        if not settings.enabled:
            self.stop()
            self._status.hide()
        elif not before or not before.enabled:
            self._begin()
        elif before.demo != settings.demo:
            self._status.hide()  # the figures of the one are nothing for the other
            self._begin()
        elif before.command != settings.command:
            self.restart()
        elif self._bridge or self._pause.is_running:
            self._send_settings(before.core, settings.core)

    def restart(self) -> None:
        """Start the core anew, whatever became of the one before."""
        self.stop()
        self._crashes = []
        if self._settings and self._settings.enabled:
            self._start(self._settings)

    def stop(self) -> None:
        """End the core, and leave nothing that would start it again."""
        self._pause.cancel()
        if self._bridge:
            self._bridge.close()
        self._forget()
        self._early = []

    def request(self, method: str, params: Json, answer: Answer) -> None:
        """Ask the core. One that is starting answers when it is up."""
        if self._bridge and self._is_ready:
            self._bridge.request(method, params, answer)
        elif self._bridge or self._pause.is_running:
            self._early.append(partial(self.request, method, params, answer))
        else:
            is_wanted = self._settings and self._settings.enabled
            answer({"message": NOT_RUNNING if is_wanted else SWITCHED_OFF}, {})

    def notify(self, method: str, params: Json) -> None:
        """Tell the core, if there is one that listens."""
        if self._bridge and self._is_ready:
            self._bridge.notify(method, params)

    def _begin(self) -> None:
        if self._settings and not self._settings.demo:
            self._status.load()
        self.restart()

    def _start(self, settings: Settings) -> None:
        arguments = ["bridge", "--demo"] if settings.demo else ["bridge"]
        self._bridge = Bridge(
            lambda: core.find(settings.command) + arguments,
            self._on_notification,
            lambda text: self._refuse({"message": text}),
            self._on_crash,
        )
        client = {"name": "Sublime Text", "version": VERSION}
        params = {"protocol": PROTOCOL, "client": client, "settings": settings.core}
        self._bridge.request("initialize", params, self._on_initialized)

    def _forget(self) -> None:
        self._bridge = None
        self._is_ready = False

    def _refuse(self, error: Json) -> None:
        # Another try would end in the same way.
        self.stop()
        self._status.leave_alone()
        message.failure(error)

    def _on_initialized(self, error: Json | None, result: Json) -> None:
        if error:
            self._refuse(error)
            return
        if result.get("protocol") != PROTOCOL:
            server = result.get("server") or {}
            self._refuse({"message": OTHER_PROTOCOL.format(server.get("version", "?"), PROTOCOL)})
            return
        self._is_ready = True
        self._take(None, result)
        self._on_ready()
        early, self._early = self._early, []
        for ask in early:
            ask()

    def _on_notification(self, method: str, params: Json) -> None:
        if method == "status_changed":
            self._status.take(params.get("status"))
        elif method == "alert":
            self._on_alert(params)

    def _on_crash(self, words: str) -> None:
        # Before the answer to `initialize` only that one waits, and is asked again.
        waiting = self._bridge.take_waiting() if self._bridge and self._is_ready else []
        self._forget()
        self._status.leave_alone()
        now = time.monotonic()
        self._crashes = [*(at for at in self._crashes if now - at < CRASHES_WITHIN), now]
        count = len(self._crashes)
        if count >= MOST_CRASHES:
            self._early = []
            message.problem(GAVE_UP.format(count, words))
        else:
            self._pause.start(FIRST_PAUSE * 2 ** (count - 1), self._start_again)
        for answer in waiting:
            answer({"message": CRASHED}, {})

    def _start_again(self) -> None:
        if self._settings:
            self._start(self._settings)

    def _send_settings(self, old: Json, new: Json) -> None:
        # Only what has changed; null takes one back. As JSON, because True and 1 are equal by themselves.
        changed = {
            name: new.get(name)
            for name in {**old, **new}
            if json.dumps(old.get(name)) != json.dumps(new.get(name))
        }
        if changed:
            self.request("settings", changed, self._take)

    def _take(self, error: Json | None, result: Json) -> None:
        if error:
            message.failure(error)
            return
        self._status.take(result.get("status"))
        self._warn_of("core", result.get("faults") or [])

    def _warn_of(self, source: str, faults: list[str]) -> None:
        # Once for the same faults: a core that comes back after a crash says them again.
        text = " ".join(faults)
        if text and text != self._warned.get(source):
            message.problem(text)
        self._warned[source] = text
