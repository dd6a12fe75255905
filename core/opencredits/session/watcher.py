"""Notices what has changed, tells the editor, and sees to it that polls are done when they are due."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from ..home import Home
from ..log import Log
from .alert_desk import AlertDesk
from .lane import Lane
from .session_config import SessionConfig

_KEYS_AGAIN = 60.0  # seconds until a source that had no key is asked anew
_REST = 60.0  # seconds after a poll that failed in a way that nobody had thought of
_AGES_AGAIN = 30.0  # seconds until an age that is shown is computed anew
_LOOK_AGAIN = 600.0  # seconds until anything is computed anew without a reason that is known here


class Tell(Protocol):
    """Sends a notification to the editor."""

    def __call__(self, method: str, about: Mapping[str, object]) -> None:
        """Under `speaking`."""


class Watcher:
    """Looks every few seconds, in a thread of its own, from `begin` on.

    What it tells is made and sent under the lock `speaking`, so that nothing older is ever said after
    something newer.
    """

    def __init__(
        self, home: Home, config: SessionConfig, speaking: threading.RLock, tell: Tell, log: Log
    ) -> None:
        self.alerts = AlertDesk(config)
        self._home = home
        self._config = config
        self._monitor = config.monitor
        self._speaking = speaking
        self._tell = tell
        self._log = log
        self._polls = Lane()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._shown: object = None
        self._looked_at = 0.0
        self._store_version: object = None
        self._polls_seen: object = None
        self._stale_at: datetime | None = None
        self._shows_ages = True
        self._due: datetime | None = None
        self._rests_until = 0.0
        self._keys_found: tuple[float, object] | None = None
        self._lacks_keys = True
        self._reloads: int | None = None

    def begin(self, told: object = None) -> None:
        """Look for news from here on. `told` is a status that the editor has been told before."""
        self._shown = self._shown or told
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Look for no more news, and leave to somebody else what is under way."""
        self._closed = True
        self._woken.set()
        self._monitor.give_up()
        self.alerts.close()

    def wake(self) -> None:
        """Look now."""
        self._woken.set()

    def show(self) -> dict[str, Any]:
        """The status as it is now. Call it under `speaking`, and send it: it counts as told."""
        now, status = self._monitor.now(), self._monitor.status()
        is_to_come = status.stale_at is not None and status.stale_at > now
        self._stale_at = status.stale_at if is_to_come else None
        self._shows_ages = (
            not status.has_reading or status.stale or "{age}" in self._monitor.config.settings.format
        )
        self._shown = status.to_json()
        return self._shown

    def find_keys(self) -> None:
        """Look for keys anew."""
        self._keys_found = (time.monotonic(), self._monitor.store.polls())
        self._monitor.find_keys()

    def _watch(self) -> None:
        while not self._closed:
            self._safely(self._look)
            self._woken.wait(self._home.tick)

    def _look(self) -> None:
        woken = self._woken.is_set()
        if woken:  # one that comes after the question stays for the next look
            self._woken.clear()
        self._config.reload_if_changed()
        now, version = self._monitor.now(), self._monitor.store.version()
        if self._config.reloads != self._reloads:  # at first, and whoever has read it anew
            self._reloads, self._keys_found, woken = self._config.reloads, None, True
            self.alerts.follow(self._monitor.shared_config, now)
        self._tell_config_faults()
        is_old = self._stale_at is not None and now >= self._stale_at
        is_time = time.monotonic() - self._looked_at >= (_AGES_AGAIN if self._shows_ages else _LOOK_AGAIN)
        if woken or version != self._store_version or is_old or is_time:
            self._store_version, self._looked_at = version, time.monotonic()
            self._polls_seen = self._monitor.store.polls()
            self._tell_if_changed()
            self._due = self._monitor.next_due()
            self._lacks_keys = self._monitor.lacks_keys()
            self.alerts.look_again(now)
        is_due = self._due is not None and now >= self._due
        is_free = not len(self._polls) and time.monotonic() >= self._rests_until
        if is_free and (is_due or self._wants_keys()):
            self._polls.put(lambda: self._safely(self._poll))
        self._tell_alerts(now)

    def _poll(self) -> None:
        # One that raises has stored nothing that would say when the next is due.
        self._rests_until = time.monotonic() + _REST
        try:
            if self._wants_keys():
                self.find_keys()
            self._monitor.poll_if_due()
            self._rests_until = 0.0
            if self._monitor.is_poller():
                self._log.rotate()
        finally:
            self._woken.set()

    def _wants_keys(self) -> bool:
        """Whether to look for keys anew: something is missing, and it is a minute ago or a sign has come."""
        if self._keys_found is None or self._monitor.has_new_accounts():
            return True
        found_at, polls = self._keys_found
        # Whoever stores a key polls with it; what is written about alerts and the focus is no sign of one.
        is_time = time.monotonic() - found_at >= _KEYS_AGAIN or polls != self._polls_seen
        return is_time and self._lacks_keys

    def _tell_if_changed(self) -> None:
        with self._speaking:
            before = self._shown
            if self.show() != before:
                self._tell("status_changed", {"status": self._shown})

    def _tell_config_faults(self) -> None:
        faults = self._config.take_faults()
        if faults:
            message = " ".join(faults)
            self._log.write(message)
            alert = {"id": "config", "kind": "config", "level": "warn", "title": "OpenCredits"}
            with self._speaking:
                self._tell("alert", {**alert, "message": message, "actions": []})

    def _tell_alerts(self, now: datetime) -> None:
        for alert in self.alerts.claim(now):
            with self._speaking:
                self._tell("alert", alert)

    def _safely(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as exc:  # noqa: BLE001  # the watch goes on, whatever happened; the log has it
            self._log.write_exception("Something unexpected went wrong.", exc)
