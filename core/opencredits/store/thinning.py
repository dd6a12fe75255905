"""Old readings are thinned: all of 30 days, then one an hour for a year, then one a day.

Ten years of readings stay under 50 MB this way. Each step touches one day at most, so that it never
holds anybody up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from .database import in_one

_DAY = 86400
DAILY_AFTER = timedelta(days=395)
_STEPS = (  # column that remembers how far it came, age in seconds, length of what keeps one reading
    ("hourly_until", 30 * _DAY, 3600),
    ("daily_until", int(DAILY_AFTER.total_seconds()), _DAY),
)

_SPAN = "series_id = :series AND read_at >= :begin AND read_at < :end"


def thin(db: sqlite3.Connection, series_id: int, now: float) -> int:
    """Thin one more day of each step, where there is one. Returns how many readings went."""
    return sum(_step(db, series_id, now, *step) for step in _STEPS)


def _step(db: sqlite3.Connection, series_id: int, now: float, column: str, age: int, length: int) -> int:
    end = (now - age) // _DAY * _DAY
    begin = db.execute(
        "SELECT min(read_at) FROM readings WHERE series_id = :series"
        f" AND read_at >= (SELECT coalesce({column}, 0) FROM series WHERE id = :series)",
        {"series": series_id},
    ).fetchone()[0]
    if begin is None or begin >= end:
        return 0
    begin = begin // _DAY * _DAY
    span = {"series": series_id, "begin": begin, "end": begin + _DAY, "length": length}
    return in_one(db, partial(_thin_day, column, span))


def _thin_day(column: str, span: Mapping[str, float], db: sqlite3.Connection) -> int:
    # The last reading of each span stays, of each kind: one that knows the balance, one that does not.
    gone = db.execute(
        f"DELETE FROM readings WHERE {_SPAN} AND id NOT IN (SELECT max(id) FROM readings WHERE {_SPAN}"
        " GROUP BY CAST(read_at / :length AS INTEGER), total_usage IS NULL, usage IS NULL)",
        span,
    ).rowcount
    db.execute(f"UPDATE series SET {column} = :end WHERE id = :series", span)
    return gone
