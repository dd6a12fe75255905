"""Where hours, days, weeks and months begin in a time zone. Pure; all moments are UTC.

Differences of moments in one zone would be those of its wall clock, and days of 23 hours have 24 there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Literal

By = Literal["hour", "day", "week", "month"]

QUARTER = timedelta(minutes=15)
"""In every time zone an hour, and so a day, ends with one: readings so far apart are enough for both."""

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_SPAN = re.compile(r"(\d{1,5})\s*(h|d|w|mo|y)", re.ASCII | re.IGNORECASE)
_UNITS: dict[str, tuple[By, int]] = {
    "h": ("hour", 1),
    "d": ("day", 1),
    "w": ("week", 1),
    "mo": ("month", 1),
    "y": ("month", 12),
}


def begin_of(by: By, at: datetime, zone: tzinfo, back: int = 0) -> datetime:
    """When the hour, day, week (Monday) or month began in which a moment lies, or the one so many before it.

    Raises OverflowError or ValueError for a time before the year 1.
    """
    local = at.astimezone(zone)
    if by == "hour":
        return (at - _past_the_hour(local)).astimezone(UTC) - back * _HOUR
    day = local.date()
    if by == "month":
        months = day.year * 12 + day.month - 1 - back
        return _midnight(date(months // 12, months % 12 + 1, 1), zone)
    if by == "week":
        return _midnight(day - timedelta(days=day.weekday() + 7 * back), zone)
    return _midnight(day - timedelta(days=back), zone)


def spans(by: By, begin: datetime, until: datetime, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """Each hour, day, week or month that has a part between two moments, with its end."""
    start = begin_of(by, begin, zone)
    while start <= until:
        end = _following(by, start, zone)
        yield start, end
        start = end


def wall_clock(moment: datetime, zone: tzinfo) -> datetime:
    """A moment of UTC in the zone, which is asked once a day only: a system's zone is slow to tell."""
    return moment.astimezone(_zone_on(moment.date(), zone))


def since(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The moment that "7d", "24h", "4w", "6mo", "1y", "today" or a date (and time) in the zone stands for.

    So many days, hours, ... up to and with the one of `now`. Raises ValueError.
    """
    match = _SPAN.fullmatch(text)
    try:
        if match is not None:
            by, units = _UNITS[match[2].lower()]
            return begin_of(by, now, zone, back=max(1, int(match[1])) * units - 1)
        if text == "today":
            return begin_of("day", now, zone)
        return _in_zone(datetime.fromisoformat(text), zone)
    except (OverflowError, ValueError) as exc:
        raise ValueError("not a time") from exc


@lru_cache(maxsize=8)
def _zone_on(day: date, zone: tzinfo) -> tzinfo:
    """Its distance from UTC, if one holds from a day before that day of UTC until a day after it."""
    begin = datetime.combine(day, time(), UTC)
    before, after = ((begin + days * _DAY).astimezone(zone).utcoffset() for days in (-1, 2))
    return timezone(before) if before is not None and before == after else zone


def _following(by: By, begin: datetime, zone: tzinfo) -> datetime:
    if by == "hour":
        # Less than an hour where the clocks are changed by half of one.
        return begin + _HOUR - _past_the_hour(wall_clock(begin + _HOUR, zone))
    day = begin.astimezone(zone).date()
    if by == "month":
        return _midnight((day.replace(day=1) + timedelta(days=32)).replace(day=1), zone)
    return _midnight(day + timedelta(days=7 if by == "week" else 1), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    """When a day begins: the first of two midnights; where the clocks skip midnight, right after it."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """UTC of what may be a wall clock's time."""
    return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)


def _past_the_hour(local: datetime) -> timedelta:
    return timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
