"""Today, this week, this month and the last days: our own figures beside those of OpenRouter. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from ..money import CENT
from ..reading import KeyInfo, Part
from .bounds import By, begin_of
from .history import Bucket, History

_CALENDAR: tuple[tuple[str, By, str], ...] = (
    ("Today", "day", "usage_daily"),
    ("This week", "week", "usage_weekly"),
    ("This month", "month", "usage_monthly"),
)
_DAYS = (("7 days", 7), ("30 days", 30))


@dataclass(frozen=True)
class Window:
    """What was spent since a midnight of the zone, and what OpenRouter says of its own such window (UTC)."""

    name: str
    ours: Bucket
    theirs: Decimal | None = None
    """Dollars that this key spent; None: not known, or the same to the cent."""
    by: By | None = None
    """Which window of OpenRouter it is: UTC's day, week or month."""


def windows(history: History, key: Part[KeyInfo], now: datetime, zone: tzinfo) -> Iterator[Window]:
    """Those of the calendar, and of 7 and 30 days with today as the last one."""
    for name, by, field in _CALENDAR:
        ours = history.bucket(begin_of(by, now, zone), now)
        theirs = _theirs(key, by, field, now)
        yield Window(name, ours, None if _is_same(ours.spent, theirs) else theirs, by)
    for name, days in _DAYS:
        yield Window(name, history.bucket(begin_of("day", now, zone, back=days - 1), now))


def _theirs(key: Part[KeyInfo], by: By, field: str, now: datetime) -> Decimal | None:
    """What it said in this window; what a management key spends is nobody's question."""
    if key.value is None or key.value.is_management_key or key.read_at is None:
        return None
    is_over = begin_of(by, key.read_at, UTC) != begin_of(by, now, UTC)
    found: Decimal | None = None if is_over else getattr(key.value, field)
    return found


def _is_same(ours: Decimal | None, theirs: Decimal | None) -> bool:
    return ours is not None and theirs is not None and abs(ours - theirs) < CENT
