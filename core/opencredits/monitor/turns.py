"""When an account is polled: at this process's turn, or because a person asks for it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from .. import schedule
from ..clock import Clock
from ..config import AccountSettings, Settings
from ..errors import RefreshRefused
from ..keys import Keys
from ..moment import show_clock
from ..schedule import Polled
from ..store import Record, Store
from ..store.lease import is_dead
from ..zone import LOCAL
from .found_keys import FoundKeys
from .poller import Poller

_PATIENCE = 6.0
_LONGEST_PATIENCE = 20.0
_LOOK_AGAIN = 0.1


class Turns:
    """The turns of one process among those that watch the same accounts."""

    def __init__(self, store: Store, clock: Clock, keys: FoundKeys, poller: Poller) -> None:
        self._store = store
        self._clock = clock
        self._keys = keys
        self._poller = poller

    def next(self, account: AccountSettings, settings: Settings) -> datetime | None:
        """When it is its turn; a past time means now. None: never by itself, or nobody knows the key yet."""
        record = self._record(account, self._keys.known(account))
        return None if record is None else self._due(record, settings, self._clock())

    def take(self, account: AccountSettings, settings: Settings) -> None:
        """Poll when it is its turn.

        Where another process is polling, its result is waited for: 6 seconds, or up to 20 while nothing
        is stored.
        """
        started = time.monotonic()
        while True:
            keys = self._keys.of(account)
            record, now = self._record(account, keys), self._clock()
            if record is None or not self._is_due(record, settings, now):
                return
            if self._poller.poll(account, keys, record, now, manual=False):
                return
            patience = _LONGEST_PATIENCE if record.reading is None else _PATIENCE
            if time.monotonic() - started > patience:
                return
            time.sleep(_LOOK_AGAIN)

    def take_now(self, account: AccountSettings) -> None:
        """Poll whatever the schedule says. Raises RefreshRefused while the provider wants to be left alone.

        What another process is asking at the same time, or has just asked, is an answer as well.
        """
        asked_at, started = self._clock(), time.monotonic()
        while time.monotonic() - started < _LONGEST_PATIENCE:
            keys = self._keys.of(account)
            record, now = self._record(account, keys), self._clock()
            if record is None or _is_answered(record.polled, asked_at, now):
                return
            _check_retry_after(account, record.polled, now)
            if self._poller.poll(account, keys, record, now, manual=True):
                return
            time.sleep(_LOOK_AGAIN)

    def _record(self, account: AccountSettings, keys: Keys | None) -> Record | None:
        """What is stored for its key; None where there is none to ask with."""
        if keys is None or keys.fingerprint is None or account.fault is not None:
            return None
        return self._store.ensure(account.name, account.base_url, keys.fingerprint)

    def _is_due(self, record: Record, settings: Settings, now: datetime) -> bool:
        due = self._due(record, settings, now)
        return due is not None and now >= due

    def _due(self, record: Record, settings: Settings, now: datetime) -> datetime | None:
        # Until the next poll nothing is shown of what another version stored and this one cannot read.
        interval = settings.update_interval if record.reading is not None else schedule.LEAST_WAIT
        due = schedule.next_due(record.polled, interval, adaptive=settings.adaptive, now=now)
        if due is None:
            return None
        # Whoever polled last has the HTTP client loaded, so it goes first and the others wait a moment.
        others_turn = record.poller not in (None, self._store.holder) and not is_dead(record.poller or "")
        waits = others_turn and record.polled.finished_at is not None
        return due + (schedule.TURN_OF_OTHERS if waits else timedelta(0))


def _is_answered(polled: Polled, asked_at: datetime, now: datetime) -> bool:
    finished = polled.finished_at is not None and polled.finished_at > asked_at
    return finished or schedule.just_refreshed(polled, now)


def _check_retry_after(account: AccountSettings, polled: Polled, now: datetime) -> None:
    floor = schedule.retry_floor(polled, now)
    if floor is not None:
        local = show_clock(floor, now.astimezone(LOCAL))
        raise RefreshRefused(
            f"{account.label} was not asked again: the server wants to be left alone until {local}.",
            action="What is stored is shown.",
        )
