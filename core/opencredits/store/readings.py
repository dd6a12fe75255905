"""The table of what was read, for the history."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from decimal import Decimal

from .. import money
from ..moment import from_unix
from ..spending import Counters

_COUNTERS = ("total_credits", "total_usage", "usage", "spend_usd")
_SPAN = "series_id = :series AND read_at >= :begin AND read_at <= coalesce(:until, read_at)"


def insert(db: sqlite3.Connection, series_id: int, counters: Counters) -> None:
    """Add what one poll has read."""
    nanos = [_nano(getattr(counters, name)) for name in _COUNTERS]
    columns = ", ".join(("series_id", "read_at", *_COUNTERS))
    db.execute(
        f"INSERT INTO readings ({columns}) VALUES (?, ?, ?, ?, ?, ?)",
        (series_id, counters.at.timestamp(), *nanos),
    )


def select(
    db: sqlite3.Connection,
    series_id: int,
    since: datetime,
    until: datetime | None,
    every: timedelta | None,
) -> list[Counters]:
    """Those since then in order of time from the last one before, or else the first; see `Store.history`."""
    first = (
        "SELECT coalesce((SELECT max(read_at) FROM readings WHERE series_id = :series AND read_at < :since),"
        " (SELECT min(read_at) FROM readings WHERE series_id = :series))"
    )
    begin = db.execute(first, {"series": series_id, "since": since.timestamp()}).fetchone()[0]
    values = {
        "series": series_id,
        "begin": begin,  # that one is kept, however soon the next one came
        "until": until and until.timestamp(),
        "every": every and every.total_seconds(),
    }
    last_of_each = (
        f"AND (read_at = :begin OR id IN (SELECT max(id) FROM readings WHERE {_SPAN}"
        " GROUP BY CAST(read_at / :every AS INTEGER), total_usage IS NULL, usage IS NULL))"
    )
    thinned = last_of_each if every else ""
    columns = ", ".join(_COUNTERS)
    rows = db.execute(
        f"SELECT read_at, {columns} FROM readings WHERE {_SPAN} {thinned} ORDER BY read_at, id", values
    )
    return [Counters(from_unix(at), *(_dollars(nano) for nano in nanos)) for at, *nanos in rows]


def _nano(amount: Decimal | None) -> int | None:
    return None if amount is None else money.to_nano(amount)


def _dollars(nano: int | None) -> Decimal | None:
    return None if nano is None else money.from_nano(nano)
