"""The table of what was read, for the history."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from .. import money
from ..moment import from_unix
from ..spending import Counters

_COUNTERS = ("total_credits", "total_usage", "usage", "spend_usd")
_DAY = 86400
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
    # With max(), SQLite takes the other columns from the same row: the last of each span.
    spans = "read_at = :begin, CAST(read_at / :every AS INTEGER), total_usage IS NULL, usage IS NULL"
    number, grouped = ("max(id)", f"GROUP BY {spans}") if every else ("id", "")
    columns = ", ".join(("read_at", *_COUNTERS))
    sql = (
        f"SELECT {columns}, {number} AS number FROM readings WHERE {_SPAN} {grouped} ORDER BY read_at, number"
    )
    rows = db.execute(sql, values)
    return [Counters(from_unix(at), *(_dollars(nano) for nano in nanos)) for at, *nanos in _in_turn(rows)]


def _in_turn(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Without their numbers, and without those that lie after one that was read later than they were.

    A clock that was ahead leaves them behind: beside true ones their counters would rise and fall. More
    than a day apart from true ones they do no harm.
    """
    newest, newest_at = 0, 0.0
    for at, *nanos, number in rows:
        if number > newest or at > newest_at + _DAY:
            newest, newest_at = number, at
            yield at, *nanos


def _nano(amount: Decimal | None) -> int | None:
    return None if amount is None else money.to_nano(amount)


def _dollars(nano: int | None) -> Decimal | None:
    return None if nano is None else money.from_nano(nano)
