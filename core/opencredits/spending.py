"""How fast money goes, from the growth of a counter between readings. Pure: time is an argument."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise

from .money import NANO

LEAST_HISTORY = timedelta(minutes=5)
ABOUT_FROM_THE_START = timedelta(hours=1)
_MICROSECOND = timedelta(microseconds=1)
_HOUR = timedelta(hours=1) // _MICROSECOND

# What one account can hardly do: buy credits, and beside what the watched key spends, spend as much as this.
_JUMP = Decimal(10)
_JUMP_PER_HOUR = Decimal(100)


@dataclass(frozen=True)
class Point:
    """What had been spent, in dollars, when it was read (UTC). Only the growth from point to point counts."""

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

    @property
    def knows_account(self) -> bool:
        """Whether the account's counters are known: zeros are no answer unless the key has spent nothing."""
        zeros = self.total_credits == 0 and self.total_usage == 0
        return self.total_usage is not None and not (zeros and self.usage != 0)

    def value(self, counter: str) -> Decimal | None:
        """What one of the counters stood at; None: not known."""
        if counter == "total_usage" and not self.knows_account:
            return None
        found: Decimal | None = getattr(self, counter)
        return found


def points(history: Iterable[Counters], counter: str) -> list[Point]:
    """What was spent since the first of those readings that know this counter, at each of them.

    It never falls: between two readings nothing is added where the counter fell (a refund, a new day of a
    budget), or where they are of two accounts.
    """
    return joined(runs(history, counter))


def runs(history: Iterable[Counters], counter: str) -> list[list[Point]]:
    """One counter's values, parted where the difference between two readings is no spending."""
    found: list[list[Point]] = []
    earlier: Counters | None = None
    for later in history:
        value = later.value(counter)
        if value is None:
            continue
        if earlier is None or value < found[-1][-1].spent or _is_jump(earlier, later, counter):
            found.append([])
        found[-1].append(Point(later.at, value))
        earlier = later
    return found


def joined(runs: Iterable[Sequence[Point]]) -> list[Point]:
    """One line of points that grows from zero by what each run grew."""
    found: list[Point] = []
    before = Decimal(0)
    for run in runs:
        base = before - run[0].spent
        found.extend(Point(point.at, base + point.spent) for point in run)
        before = found[-1].spent
    return found


def is_other_account(earlier: Counters, later: Counters) -> bool:
    """Whether two readings that know the account's counters are of two accounts.

    The credits that were bought differ, and the usage fell, or it grew by over $10 and over $100 an hour
    more than that of the watched key.
    """
    if earlier.total_credits == later.total_credits:
        return False
    possible = max(_JUMP, _JUMP_PER_HOUR * _length(later.at - earlier.at) / _HOUR)
    if earlier.usage is not None and later.usage is not None:
        possible += max(Decimal(0), later.usage - earlier.usage)
    assert earlier.total_usage is not None
    assert later.total_usage is not None
    return not 0 <= later.total_usage - earlier.total_usage <= possible


def spent_at(points: Sequence[Point], at: datetime) -> Decimal | None:
    """What had been spent at a time, evenly between two points; None before the first and after the last."""
    after = bisect_left(points, at, key=lambda point: point.at)
    if after == len(points) or (after == 0 and points[0].at > at):
        return None
    later = points[after]
    if later.at == at:
        return later.spent
    return spent_between(points[after - 1], later, at)


def spent_between(earlier: Point, later: Point, at: datetime) -> Decimal:
    """What had been spent at a time between two points, evenly."""
    if earlier.spent == later.spent:
        return earlier.spent
    part = (later.spent - earlier.spent) * (1 - _share(earlier.at, later.at, at))
    return earlier.spent + part.quantize(NANO, ROUND_FLOOR)


def spent_since(points: Sequence[Point], begin: datetime) -> Decimal | None:
    """Dollars from then until the newest point; None where that is not known.

    Points that begin up to an hour later count from their first: what came before is little of a day.
    Those that end before know nothing of the time after `begin`.
    """
    if points and begin < points[0].at <= begin + ABOUT_FROM_THE_START:
        begin = points[0].at
    spent = spent_at(points, begin)
    return None if spent is None else points[-1].spent - spent


def burn_rate(points: Sequence[Point], window: timedelta) -> Decimal | None:
    """Dollars per hour over the last `window` before the newest of the points, which are in order of time.

    Where the window begins between two readings, spending is taken as even between them. None with less
    than five minutes of history.
    """
    if not points or points[-1].at - points[0].at < LEAST_HISTORY:
        return None
    end = points[-1].at
    start = max(points[0].at, end - window)
    grown = Decimal(0)
    for earlier, later in pairwise(points):
        if later.at > start:
            grown += (later.spent - earlier.spent) * _share(earlier.at, later.at, start)
    return grown * _HOUR / _length(end - start)


def _is_jump(earlier: Counters, later: Counters, counter: str) -> bool:
    return counter == "total_usage" and is_other_account(earlier, later)


def _share(begin: datetime, end: datetime, start: datetime) -> Decimal:
    """The part of the span from `begin` to `end` that lies after `start`."""
    if end <= begin:
        return Decimal(1)
    return min(Decimal(1), _length(end - start) / _length(end - begin))


def _length(span: timedelta) -> Decimal:
    """In microseconds, which are exact."""
    return Decimal(span // _MICROSECOND)
