"""Readings, leases and due times in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from .. import money
from ..errors import StoreError
from ..moment import from_unix
from ..reading import Reading
from ..schedule import Polled
from ..spending import Counters
from . import codec, file, lease, thinning
from .lease import LEASE_TIME, Lease

T = TypeVar("T")

RETRY_AFTER_TROUBLE = 60.0  # seconds
_IMPLAUSIBLE = LEASE_TIME.total_seconds() + 1
_POLLED = ("finished_at", "manual_at", "failures", "rejected", "moved_at", "retry_at", "jitter")
_COUNTERS = ("total_credits", "total_usage", "usage", "spend_usd")


@dataclass(frozen=True)
class Record:
    """What is stored of one account asked with one key."""

    series_id: int
    account: str
    base_url: str
    fingerprint: str
    reading: Reading | None
    polled: Polled
    polls: int
    """How many polls have finished, by which a newer one is noticed."""
    poller: str | None
    """The process that polled last; it takes the next turn."""
    lease: str | None
    lease_until: float
    refused_at: datetime | None
    refused_key: str | None
    """Fingerprint of the key that was refused `/credits`, and when."""
    handed: bool
    """The key was handed over by an editor, so that nobody else has it."""

    def is_leased(self, now: datetime) -> bool:
        """Whether a process that may be alive is polling. A lease far ahead means a clock set back."""
        if self.lease is None or not 0 < self.lease_until - now.timestamp() <= _IMPLAUSIBLE:
            return False
        return not lease.is_dead(lease.holder_of(self.lease))


@dataclass(frozen=True)
class Finished:
    """What one poll leaves behind: the reading with what was kept of earlier ones, and when to ask again."""

    reading: Reading
    polled: Polled
    refused_at: datetime | None = None
    refused_key: str | None = None
    handed: bool = False


class Store:
    """One process' view of the shared file. Safe to use from several threads.

    Where the file cannot be used, the store lives in memory, begins with what can be read, and says why
    in `trouble`.
    """

    def __init__(self, path: str | None) -> None:
        """Open the file at `path`, or a store in memory when it is None. Never raises."""
        self.path = path
        self.trouble: StoreError | None = None
        self.holder = lease.this_process()
        self._lock = threading.RLock()
        self._inode = 0
        self._tried_at = 0.0
        self._db = self._opened()

    @classmethod
    def existing(cls, path: str) -> Store:
        """The stored readings, without making a file where there is none."""
        return cls(path if os.path.exists(path) else None)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def find(
        self, account: str, base_url: str, fingerprint: str | None, *, handed: bool = True
    ) -> Record | None:
        """What is stored for this key, or without one for the key that was read last.

        With `handed` off, keys that an editor handed over do not count.
        """
        wanted = "AND fingerprint = :key" if fingerprint else "AND reading IS NOT NULL"
        wanted += "" if handed else " AND NOT handed"
        values = {"account": account, "url": base_url, "key": fingerprint}
        row = self._run(
            lambda db: db.execute(
                f"SELECT * FROM series WHERE account = :account AND base_url = :url {wanted}"
                " ORDER BY success DESC LIMIT 1",
                values,
            ).fetchone()
        )
        return None if row is None else _record(row)

    def ensure(self, account: str, base_url: str, fingerprint: str) -> Record:
        """The same, made when it is missing."""
        found = self.find(account, base_url, fingerprint)
        if found is None:
            key = (account, base_url, fingerprint)
            sql = "INSERT OR IGNORE INTO series (account, base_url, fingerprint) VALUES (?, ?, ?)"
            self._run(lambda db: db.execute(sql, key))
            found = self.find(*key)
        assert found is not None
        return found

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
            "implausible": at + _IMPLAUSIBLE,
        }
        sql = (
            "UPDATE series SET lease = :token, lease_until = :until WHERE id = :series AND polls = :polls"
            " AND (lease IS NULL OR lease = :dead OR lease_until <= :now OR lease_until > :implausible)"
        )
        taken = self._run(lambda db: db.execute(sql, values).rowcount)
        return held if taken else None

    def give_up(self, held: Lease) -> None:
        """Let somebody else poll instead."""
        self._run(
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
        written = self._run(lambda db: _finish(db, held, values, done.reading.counters()))
        if written and done.polled.finished_at is not None:
            now = done.polled.finished_at.timestamp()
            self._run(lambda db: thinning.thin(db, held.series_id, now))
        return written

    def forget(self, account: str, base_url: str) -> None:
        """No longer show what the account's keys read, nor hold back the next poll; history stays.

        A poll that is under way, perhaps with a key that is gone, is not written any more.
        """
        self._run(
            lambda db: db.execute(
                "UPDATE series SET reading = NULL, finished_at = NULL, rejected = 0, refused_at = NULL,"
                " lease = NULL"
                " WHERE account = ? AND base_url = ?",
                (account, base_url),
            )
        )

    def history(self, series_id: int, since: datetime, until: datetime | None = None) -> list[Counters]:
        """Counters in order of time: those since then, and the last one before as the point to grow from.

        Those after `until` were read while the clock was ahead.
        """
        rows = self._run(
            lambda db: db.execute(
                "SELECT read_at, total_credits, total_usage, usage, spend_usd FROM readings"
                " WHERE series_id = :series AND read_at >= coalesce((SELECT max(read_at) FROM readings"
                " WHERE series_id = :series AND read_at < :since), :since)"
                " AND read_at <= coalesce(:until, read_at) ORDER BY read_at, id",
                {"series": series_id, "since": since.timestamp(), "until": until and until.timestamp()},
            ).fetchall()
        )
        return [Counters(from_unix(at), *(_dollars(nano) for nano in nanos)) for at, *nanos in rows]

    def version(self) -> tuple[int, int]:
        """Another one than before when another process has written, or the file has been replaced."""
        version = self._run(lambda db: db.execute("PRAGMA data_version").fetchone()[0])
        return version, self._inode

    def problems(self) -> list[str]:
        """What `PRAGMA quick_check` finds; empty when the file is sound."""
        rows = self._run(lambda db: db.execute("PRAGMA quick_check").fetchall())
        return [row[0] for row in rows if row[0] != "ok"]

    def schema_version(self) -> int:
        """How many migrations the file has seen."""
        return int(self._run(lambda db: db.execute("PRAGMA user_version").fetchone()[0]))

    def _opened(self) -> sqlite3.Connection:
        if self.path is None:
            return file.open_memory()
        self._tried_at = time.monotonic()
        try:
            db = file.open_file(self.path)
            self._inode = os.stat(self.path).st_ino
        except StoreError as exc:
            self.trouble = exc
            return file.open_memory(self.path)
        except OSError as exc:
            self.trouble = file.unusable(self.path, exc)
            return file.open_memory(self.path)
        self.trouble = None
        return db

    def _run(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """Do one thing in the file; when the file fails, mend it or go on in memory, and do it there."""
        with self._lock:
            if self._is_replaced():
                self._db.close()
                self._db = self._opened()
            try:
                return action(self._db)
            except sqlite3.Error as exc:
                if self.path is None or self.trouble is not None:
                    raise
                self._db.close()
                if file.is_broken(exc):
                    self._db = self._opened()
                else:
                    self.trouble, self._tried_at = file.unusable(self.path, exc), time.monotonic()
                    self._db = file.open_memory(self.path)
                return action(self._db)

    def _is_replaced(self) -> bool:
        """Whether to open the file anew: it is another one, or it could not be used a minute ago."""
        if self.path is None:
            return False
        if self.trouble is not None:
            return time.monotonic() - self._tried_at >= RETRY_AFTER_TROUBLE
        try:
            return os.stat(self.path).st_ino != self._inode
        except OSError:
            return True


def _finish(db: sqlite3.Connection, held: Lease, values: dict[str, Any], counters: Counters | None) -> bool:
    db.execute("BEGIN IMMEDIATE")
    try:
        names = ", ".join(f"{name} = ?" for name in values)
        given = [each.timestamp() if isinstance(each, datetime) else each for each in values.values()]
        names += ", polls = polls + 1"
        if counters is not None:  # numbered, because a clock that was ahead would win for ever
            names += ", success = (SELECT coalesce(max(success), 0) + 1 FROM series)"
        sql = f"UPDATE series SET {names} WHERE id = ? AND lease = ?"
        written = db.execute(sql, (*given, *_key(held))).rowcount > 0
        if written and counters is not None:
            nanos = [_nano(getattr(counters, name)) for name in _COUNTERS]
            columns = ", ".join(("series_id", "read_at", *_COUNTERS))
            db.execute(
                f"INSERT INTO readings ({columns}) VALUES (?, ?, ?, ?, ?, ?)",
                (held.series_id, counters.at.timestamp(), *nanos),
            )
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return written


def _record(row: sqlite3.Row) -> Record:
    return Record(
        series_id=row["id"],
        account=row["account"],
        base_url=row["base_url"],
        fingerprint=row["fingerprint"],
        reading=codec.load(row["reading"]),
        polled=Polled(
            finished_at=_moment(row["finished_at"]),
            manual_at=_moment(row["manual_at"]),
            failures=row["failures"],
            rejected=bool(row["rejected"]),
            moved_at=_moment(row["moved_at"]),
            retry_at=_moment(row["retry_at"]),
            jitter=row["jitter"],
        ),
        polls=row["polls"],
        poller=row["poller"],
        lease=row["lease"],
        lease_until=row["lease_until"] or 0.0,
        refused_at=_moment(row["refused_at"]),
        refused_key=row["refused_key"],
        handed=bool(row["handed"]),
    )


def _key(held: Lease) -> tuple[int, str]:
    return held.series_id, held.token


def _moment(unix: float | None) -> datetime | None:
    return None if unix is None else from_unix(unix)


def _nano(amount: Decimal | None) -> int | None:
    return None if amount is None else money.to_nano(amount)


def _dollars(nano: int | None) -> Decimal | None:
    return None if nano is None else money.from_nano(nano)
