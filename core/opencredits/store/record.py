"""What is stored of one account asked with one key, and what a poll leaves behind for it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from ..moment import from_unix
from ..reading import Reading
from ..schedule import Polled
from . import codec, lease

IMPLAUSIBLE = lease.LEASE_TIME.total_seconds() + 1


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
        if self.lease is None or not 0 < self.lease_until - now.timestamp() <= IMPLAUSIBLE:
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


def record_of(row: sqlite3.Row) -> Record:
    """The record in a row of the table `series`."""
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


def _moment(unix: float | None) -> datetime | None:
    return None if unix is None else from_unix(unix)
