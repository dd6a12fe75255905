"""How fast money goes, from the growth of a counter between readings. Pure: time is an argument."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

LEAST_HISTORY = timedelta(minutes=5)
_HOUR = Decimal(3600)


@dataclass(frozen=True)
class Point:
    """What a counter of spending stood at, in dollars, when it was read (UTC)."""

    at: datetime
    spent: Decimal


@dataclass(frozen=True)
class Counters:
    """The lifetime counters of one reading, in dollars; None: that part did not answer."""

    at: datetime
    total_credits: Decimal | None = None
    total_usage: Decimal | None = None
    usage: Decimal | None = None
    spend_usd: Decimal | None = None


def points(history: Iterable[Counters], counter: str) -> list[Point]:
    """One counter's points, out of those readings that know it, in their order."""
    known = ((each.at, getattr(each, counter)) for each in history)
    return [Point(at, spent) for at, spent in known if spent is not None]


def burn_rate(points: Sequence[Point], window: timedelta) -> Decimal | None:
    """Dollars per hour over the last `window` before the newest of the points, which are in order of time.

    Growth alone counts: a counter that falls (a new day of a budget, a refund) adds nothing. Where the
    window begins between two readings, spending is taken as even between them. None with less than five
    minutes of history.
    """
    if not points or points[-1].at - points[0].at < LEAST_HISTORY:
        return None
    end = points[-1].at
    start = max(points[0].at, end - window)
    grown = Decimal(0)
    for earlier, later in pairwise(points):
        if later.at > start and later.spent > earlier.spent:
            grown += (later.spent - earlier.spent) * _share(earlier.at, later.at, start)
    return grown * _HOUR / _seconds(end - start)


def time_to_empty(spendable: Decimal | None, per_hour: Decimal | None) -> timedelta | None:
    """How long the money lasts at this rate; None while nothing is spent or when nothing is left."""
    if spendable is None or per_hour is None or per_hour <= 0 or spendable <= 0:
        return None
    return timedelta(hours=float(min(spendable / per_hour, Decimal(24 * 36500))))


def _share(begin: datetime, end: datetime, start: datetime) -> Decimal:
    """The part of the span from `begin` to `end` that lies after `start`."""
    return min(Decimal(1), _seconds(end - start) / _seconds(end - begin)) if end > begin else Decimal(1)


def _seconds(span: timedelta) -> Decimal:
    return Decimal(str(span.total_seconds()))
