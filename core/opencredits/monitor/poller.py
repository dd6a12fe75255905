"""One poll: the lease that makes it the only one, the question, and what is stored of the answer."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from .. import schedule
from ..clock import Clock
from ..config import AccountSettings
from ..errors import InternalFault
from ..keys import Keys, fingerprint
from ..providers import Provider
from ..reading import Fault, Part, Reading
from ..schedule import MOST_JITTER, Polled
from ..store import Finished, Lease, Record, Store
from .found_keys import FoundKeys


class HasPolled(Protocol):
    """Is told of each poll that was stored."""

    def __call__(self, account: AccountSettings, before: Record, done: Finished) -> None:
        """`before` is what was stored until then."""


class Poller:
    """Polls for one process."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        provider_of: Callable[[AccountSettings], Provider],
        keys: FoundKeys,
        has_polled: HasPolled,
    ) -> None:
        self._store = store
        self._clock = clock
        self._provider_of = provider_of
        self._keys = keys
        self._has_polled = has_polled
        self._providers: dict[tuple[str, str], Provider] = {}
        self._held: set[Lease] = set()

    def give_up(self) -> None:
        """Let somebody else do the polls that are under way."""
        for held in list(self._held):
            self._store.give_up(held)

    def close(self) -> None:
        """Let go of connections."""
        for provider in self._providers.values():
            provider.close()
        self._providers.clear()

    def poll(
        self, account: AccountSettings, keys: Keys, record: Record, now: datetime, *, manual: bool
    ) -> bool:
        """Ask once, unless somebody else does. False when another process was faster, or the keys changed.

        `record` is what was stored before. What goes wrong in a way that nobody had thought of is stored
        as a failed poll, and raised.
        """
        held = None if record.is_leased(now) else self._store.take_lease(record, now)
        if held is None:
            return False
        if not keys.are(self._keys.known(account)):
            self._store.give_up(held)
            return False
        self._held.add(held)
        try:
            done, mistake = self._ask(account, keys, record, manual=manual)
            self._write(account, record, held, done)
        except BaseException:
            self._store.give_up(held)
            raise
        finally:
            self._held.discard(held)
        if mistake is not None:
            raise mistake
        return True

    def _ask(
        self, account: AccountSettings, keys: Keys, record: Record, *, manual: bool
    ) -> tuple[Finished, Exception | None]:
        """What one poll leaves behind, and what went wrong in a way that nobody had thought of."""
        asked_at = self._clock()
        credits_key = _credits_key(keys)
        ask_credits = manual or _may_ask_credits(record, credits_key, asked_at)
        mistake = None
        try:
            fresh = self._provider(account).read(keys, asked_at, ask_credits=ask_credits)
        except Exception as exc:  # noqa: BLE001  # raised once it is stored, so that it is shown and rests
            fresh, mistake = _failed(asked_at, ask_credits=ask_credits), exc
        refused_at, refused_key = record.refused_at, record.refused_key
        if ask_credits:
            refused = fresh.credits.fault is not None and fresh.credits.fault.is_lasting
            refused_at, refused_key = (asked_at, credits_key) if refused else (None, None)
        done = Finished(
            fresh.after(record.reading),
            _polled(record, fresh, self._clock(), manual=manual),
            refused_at,
            refused_key,
            handed=any(key.source == "editor" for key in (keys.ordinary, keys.management) if key),
        )
        return done, mistake

    def _write(self, account: AccountSettings, record: Record, held: Lease, done: Finished) -> None:
        written = self._store.finish(held, done)
        if not written and self._store.trouble is not None:
            # The file failed while we polled; what was read is shown all the same, from memory.
            record = self._store.ensure(record.account, record.base_url, record.fingerprint)
            again = self._store.take_lease(record, self._clock())
            if again is not None:
                written = self._store.finish(again, done)
        if written:
            self._has_polled(account, record, done)

    def _provider(self, account: AccountSettings) -> Provider:
        at = account.name, account.base_url  # a changed configuration file may have another address
        if at not in self._providers:
            self._providers[at] = self._provider_of(account)
        return self._providers[at]


def _failed(asked_at: datetime, *, ask_credits: bool) -> Reading:
    """A reading of nothing, by a mistake of our own."""
    fault = Fault.of(InternalFault("OpenCredits itself failed while it asked."))
    return Reading(asked_at, Part(fault=fault), Part(fault=fault) if ask_credits else Part())


def _polled(record: Record, fresh: Reading, finished: datetime, *, manual: bool) -> Polled:
    failed = not fresh.succeeded and not fresh.rejected
    return Polled(
        finished_at=finished,
        manual_at=finished if manual else record.polled.manual_at,
        failures=record.polled.failures + 1 if failed else 0,
        rejected=fresh.rejected,
        moved_at=fresh.polled_at if fresh.has_moved_since(record.reading) else record.polled.moved_at,
        retry_at=fresh.retry_at,
        jitter=random.uniform(0, MOST_JITTER),
    )


def _credits_key(keys: Keys) -> str | None:
    """Fingerprint of the key that asks for `/credits`."""
    key = keys.management or keys.ordinary
    return fingerprint(key.secret) if key else None


def _may_ask_credits(record: Record, credits_key: str | None, now: datetime) -> bool:
    """A key without permission asks again after a day; another key asks at once."""
    if record.refused_at is None or record.refused_key != credits_key:
        return True
    return not timedelta(0) <= now - record.refused_at < schedule.PERMISSION_ASKED_AGAIN
