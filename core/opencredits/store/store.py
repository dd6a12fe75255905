"""Readings, leases and due times in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
from datetime import datetime, timedelta
from typing import Any

from ..moment import from_unix
from ..spending import Counters
from . import codec, lease, readings, thinning
from .alerts import Alerts
from .database import Database
from .lease import LEASE_TIME, Lease
from .record import IMPLAUSIBLE, Finished, Record, record_of

_POLLED = ("finished_at", "manual_at", "failures", "rejected", "moved_at", "retry_at", "jitter")


class Store(Database):
    """One process' view of the shared file. Safe to use from several threads.

    Where the file cannot be used, the store lives in memory, begins with what can be read, and says why
    in `trouble`.
    """

    def __init__(self, path: str | None) -> None:
        """Open the file at `path`, or a store in memory when it is None. Never raises."""
        super().__init__(path)
        self.holder = lease.this_process()
        self.alerts = Alerts(self, self.holder)

    @classmethod
    def existing(cls, path: str) -> Store:
        """The stored readings, without making a file where there is none."""
        return cls(path if os.path.exists(path) else None)

    def find(
        self, account: str, base_url: str, fingerprint: str | None, *, handed: bool = True
    ) -> Record | None:
        """What is stored for this key, or without one for the key that was read last.

        With `handed` off, keys that an editor handed over do not count.
        """
        wanted = "AND fingerprint = :key" if fingerprint else "AND reading IS NOT NULL"
        wanted += "" if handed else " AND NOT handed"
        values = {"account": account, "url": base_url, "key": fingerprint}
        row = self.run(
            lambda db: db.execute(
                f"SELECT * FROM series WHERE account = :account AND base_url = :url {wanted}"
                " ORDER BY success DESC LIMIT 1",
                values,
            ).fetchone()
        )
        return None if row is None else record_of(row)

    def ensure(self, account: str, base_url: str, fingerprint: str) -> Record:
        """The same, made when it is missing."""
        found = self.find(account, base_url, fingerprint)
        if found is None:
            key = (account, base_url, fingerprint)
            sql = "INSERT OR IGNORE INTO series (account, base_url, fingerprint) VALUES (?, ?, ?)"
            self.run(lambda db: db.execute(sql, key))
            found = self.find(*key)
        assert found is not None
        return found

    def polls(self) -> object:
        """Other ones than before when somebody has polled, or stored or removed a key."""
        sql = "SELECT count(*), total(polls), count(reading), count(finished_at) FROM series"
        return self.run(lambda db: tuple(db.execute(sql).fetchone()))

    def take_lease(self, seen: Record, now: datetime) -> Lease | None:
        """The right to poll, unless another process has it or has polled since `seen` was found."""
        at = now.timestamp()
        held = Lease(seen.series_id, lease.new_token(self.holder))
        values = {
            "token": held.token,
            "until": at + LEASE_TIME.total_seconds(),
            "series": seen.series_id,
            "polls": seen.polls,
            "dead": seen.lease if seen.lease and lease.is_dead(lease.holder_of(seen.lease)) else None,
            "now": at,
            "implausible": at + IMPLAUSIBLE,
        }
        sql = (
            "UPDATE series SET lease = :token, lease_until = :until WHERE id = :series AND polls = :polls"
            " AND (lease IS NULL OR lease = :dead OR lease_until <= :now OR lease_until > :implausible)"
        )
        taken = self.run(lambda db: db.execute(sql, values).rowcount)
        return held if taken else None

    def give_up(self, held: Lease) -> None:
        """Let somebody else poll instead."""
        self.run(
            lambda db: db.execute("UPDATE series SET lease = NULL WHERE id = ? AND lease = ?", _key(held))
        )

    def finish(self, held: Lease, done: Finished) -> bool:
        """Write a poll's result and what follows for the next one, if the lease is still our own."""
        values = {
            "reading": codec.dump(done.reading),
            **{name: getattr(done.polled, name) for name in _POLLED},
            "refused_at": done.refused_at,
            "refused_key": done.refused_key,
            "handed": done.handed,
            "poller": self.holder,
            "lease": None,
        }
        written = self.change(lambda db: _finish(db, held, values, done.reading.counters()))
        if written and done.polled.finished_at is not None:
            now = done.polled.finished_at.timestamp()
            self.run(lambda db: thinning.thin(db, held.series_id, now))
        return written

    def forget(self, account: str, base_url: str) -> None:
        """No longer show what the account's keys read, nor hold back the next poll; history stays.

        A poll that is under way, perhaps with a key that is gone, is not written any more.
        """

        def change(db: sqlite3.Connection) -> None:
            of = "WHERE account = ? AND base_url = ?"
            reset = "reading = NULL, finished_at = NULL, rejected = 0, refused_at = NULL, lease = NULL"
            db.execute(f"UPDATE series SET {reset} {of}", (account, base_url))
            db.execute(f"UPDATE alerts SET held_until = 0 {of}", (account, base_url))

        self.change(change)

    def history(
        self,
        series_id: int,
        since: datetime,
        until: datetime | None = None,
        every: timedelta | None = None,
    ) -> list[Counters]:
        """Counters in order of time: those since then, and the last one before as the point to grow from.

        Those after `until` were read while the clock was ahead. `every` keeps the last of each such span, of
        each kind: one that knows the balance, one that does not. Spans begin with the Unix epoch.
        """
        return self.run(lambda db: readings.select(db, series_id, since, until, every))

    def histories(
        self,
        account: str,
        base_url: str,
        since: datetime,
        until: datetime | None = None,
        every: timedelta | None = None,
    ) -> list[list[Counters]]:
        """The same for each key that ever read this account; that which was read last comes last."""
        sql = "SELECT id FROM series WHERE account = ? AND base_url = ? ORDER BY success"
        ids = self.run(lambda db: [row[0] for row in db.execute(sql, (account, base_url))])
        found = (self.history(each, since, until, every) for each in ids)
        return [history for history in found if history]

    def begins(self, series_id: int) -> datetime | None:
        """When the history of one key begins; None: there is none."""
        sql = "SELECT min(read_at) FROM readings WHERE series_id = ?"
        begin = self.run(lambda db: db.execute(sql, (series_id,)).fetchone()[0])
        return None if begin is None else from_unix(begin)

    def learned(self, series_id: int) -> tuple[str, datetime] | None:
        """What was learned of the history (JSON), and when; None: nothing yet."""
        sql = "SELECT learned, learned_at FROM series WHERE id = ?"
        row = self.run(lambda db: db.execute(sql, (series_id,)).fetchone())
        return None if row is None or row[0] is None else (row[0], from_unix(row[1]))

    def keep_learned(self, series_id: int, text: str, now: datetime) -> None:
        """Keep what was learned, for everybody."""
        sql = "UPDATE series SET learned = ?, learned_at = ? WHERE id = ?"
        self.run(lambda db: db.execute(sql, (text, now.timestamp(), series_id)))


def _finish(db: sqlite3.Connection, held: Lease, values: dict[str, Any], counters: Counters | None) -> bool:
    names = ", ".join(f"{name} = ?" for name in values)
    given = [each.timestamp() if isinstance(each, datetime) else each for each in values.values()]
    names += ", polls = polls + 1"
    if counters is not None:  # numbered, because a clock that was ahead would win for ever
        names += ", success = (SELECT coalesce(max(success), 0) + 1 FROM series)"
    sql = f"UPDATE series SET {names} WHERE id = ? AND lease = ?"
    written = db.execute(sql, (*given, *_key(held))).rowcount > 0
    if written and counters is not None:
        readings.insert(db, held.series_id, counters)
    return written


def _key(held: Lease) -> tuple[int, str]:
    return held.series_id, held.token
