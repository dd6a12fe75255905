"""Notices what has changed, tells the editor, and sees to it that polls are done when they are due."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from math import inf
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
        self._bell = threading.Lock()  # released: look now; an Event costs more to wait for
        self._bell.acquire()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._shown: object = None
        self._looked_at = 0.0
        self._store_version: object = None
        self._reloads: int | None = None
        self._stale_at: datetime | None = None
        self._shows_ages = True
        self._due: datetime | None = None
        self._rests_until = 0.0
        self._keys_found: tuple[float, object] | None = None
        self._keys_again = 0.0

    def begin(self, told: object = None) -> None:
        """Look for news from here on. `told` is a status that the editor has been told before."""
        self._shown = self._shown or told
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Look for no more news, and leave to somebody else what is under way."""
        self._closed = True
        self.wake()
        self._monitor.give_up()
        self.alerts.close()

    def wake(self) -> None:
        """Look now."""
        with suppress(RuntimeError):  # it rings already
            self._bell.release()

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
        rings = True
        while not self._closed:
            self._safely(partial(self._look, rings=rings))
            rings = self._bell.acquire(timeout=self._home.tick)

    def _look(self, *, rings: bool) -> None:
        """As a rule nothing has happened. Many editors look all day, so little is asked to find that out."""
        self._config.reload_if_changed()
        now, version = self._monitor.now(), self._monitor.store.version()
        is_new = version != self._store_version or self._config.reloads != self._reloads
        if rings or is_new or self._is_time(now):
            self._store_version = version
            self._look_closely(now)
        if self._wants_poll(now):
            self._polls.put(partial(self._safely, self._poll))
        self._tell_alerts(now)

    def _is_time(self, now: datetime) -> bool:
        """Whether what is shown has changed by its age alone."""
        if self._stale_at is not None and now >= self._stale_at:
            return True
        return time.monotonic() - self._looked_at >= (_AGES_AGAIN if self._shows_ages else _LOOK_AGAIN)

    def _look_closely(self, now: datetime) -> None:
        self._looked_at = time.monotonic()
        if self._config.reloads != self._reloads:  # at first, and whoever has read it anew
            self._reloads = self._config.reloads
            self._follow_config(now)
        self._tell_if_changed()
        self._due = self._monitor.next_due()
        self._keys_again = self._when_keys_again()
        self.alerts.look_again(now)

    def _follow_config(self, now: datetime) -> None:
        self._keys_found = None
        config = self._monitor.shared_config
        self._tell_config_faults(config.faults)
        self.alerts.follow(config, now)

    def _wants_poll(self, now: datetime) -> bool:
        is_due = self._due is not None and now >= self._due
        if not is_due and time.monotonic() < self._keys_again:
            return False
        return not len(self._polls) and time.monotonic() >= self._rests_until

    def _poll(self) -> None:
        # One that raises has stored nothing that would say when the next is due.
        self._rests_until = time.monotonic() + _REST
        try:
            if time.monotonic() >= self._when_keys_again():
                self.find_keys()
            self._monitor.poll_if_due()
            self._rests_until = 0.0
            if self._monitor.is_poller():
                self._log.rotate()
        finally:
            self.wake()

    def _when_keys_again(self) -> float:
        """When to look for keys anew, as long as nothing changes: something is missing."""
        if self._keys_found is None or self._monitor.has_new_accounts():
            return 0.0
        if not self._monitor.lacks_keys():
            return inf
        found_at, polls = self._keys_found
        # Whoever stores a key polls with it; what is written about alerts and the focus is no sign of one.
        return found_at + _KEYS_AGAIN if polls == self._monitor.store.polls() else 0.0

    def _tell_if_changed(self) -> None:
        with self._speaking:
            before = self._shown
            if self.show() != before:
                self._tell("status_changed", {"status": self._shown})

    def _tell_config_faults(self, faults: Sequence[str]) -> None:
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
