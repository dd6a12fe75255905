"""What was spent in each hour, day, week or month. Pure: time and zone are arguments."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Literal

from ..money import plain
from ..spending import Counters, Point, joined, spent_at
from .bounds import By, spans
from .chain import lines

Counter = Literal["total_usage", "usage"]

_BLOCKS = "▁▂▃▄▅▆▇█"
_UNKNOWN = "░"  # as wide as the blocks, also where letters are not all of one width
_NEARLY_A_DAY = timedelta(hours=23)


@dataclass(frozen=True)
class Bucket:
    """What was spent, in dollars, from `begin` until before `end` (UTC); None: nothing is known of it."""

    begin: datetime
    end: datetime
    spent: Decimal | None = None
    counter: Counter | None = None
    """`total_usage` is what all keys of the account spend, `usage` what this key does. Never both in one."""
    known: timedelta = timedelta(0)
    """For how much of that time the counter is known."""
    interpolated: bool = False
    """Nothing was read in that time: it has its even share of what was spent between two readings."""
    thinned: bool = False
    """It is shorter than what is kept of readings of this age: one a day."""

    def to_json(self, zone: tzinfo) -> dict[str, Any]:
        """Every key is always there; unknown is null. Times are those of the zone."""
        return {
            "begin": self.begin.astimezone(zone).isoformat(timespec="seconds"),
            "end": self.end.astimezone(zone).isoformat(timespec="seconds"),
            "spent": None if self.spent is None else plain(self.spent),
            "counter": self.counter,
            "known_s": int(self.known.total_seconds()),
            "interpolated": self.interpolated,
            "thinned": self.thinned,
        }


class History:
    """What is known of an account's spending, out of the readings of all its keys."""

    def __init__(self, histories: Sequence[Sequence[Counters]], thinned_until: datetime) -> None:
        """`thinned_until`: of the time before it one reading a day is kept."""
        self._all_keys = _Curve(histories, "total_usage")
        self._this_key = _Curve(histories, "usage")
        self._thinned_until = thinned_until

    @property
    def begin(self) -> datetime | None:
        """When it begins; None: nothing was read."""
        found = [curve.points[0].at for curve in (self._all_keys, self._this_key) if curve.points]
        return min(found, default=None)

    @property
    def end(self) -> datetime | None:
        """When it ends, with the newest reading; None: nothing was read."""
        found = [curve.points[-1].at for curve in (self._all_keys, self._this_key) if curve.points]
        return max(found, default=None)

    def bucket(self, begin: datetime, end: datetime) -> Bucket:
        """What was spent in that time."""
        curve = self._curve(begin, end)
        spent, known = curve.grown(begin, end), curve.known(begin, end)
        if not (known or spent):
            return Bucket(begin, end)
        thinned = end <= self._thinned_until and end - begin < _NEARLY_A_DAY
        return Bucket(begin, end, spent, curve.counter, known, not curve.has_reading(begin, end), thinned)

    def buckets(self, by: By, begin: datetime, now: datetime, zone: tzinfo) -> list[Bucket]:
        """One for each hour, day, week or month, from that of `begin` to that of `now`."""
        return [self.bucket(*span) for span in spans(by, begin, now, zone)]

    def _curve(self, begin: datetime, end: datetime) -> _Curve:
        """All keys together, unless that is known for less than half of the time for which this key is."""
        known, known_of_key = self._all_keys.known(begin, end), self._this_key.known(begin, end)
        return self._all_keys if known and 2 * known >= known_of_key else self._this_key


class _Curve:
    """How one counter grew, key after key, and for which times that is known."""

    def __init__(self, histories: Sequence[Sequence[Counters]], counter: Counter) -> None:
        known = lines(histories, counter)
        self.counter = counter
        self.points = joined(known)
        self._spans = [(line[0].at, line[-1].at) for line in known]

    def grown(self, begin: datetime, end: datetime) -> Decimal:
        """Dollars; nothing where it is not known."""
        return self._at(end) - self._at(begin)

    def known(self, begin: datetime, end: datetime) -> timedelta:
        """For how much of that time the counter is known."""
        found = timedelta(0)
        for first in range(bisect_left(self._spans, begin, key=lambda span: span[1]), len(self._spans)):
            start, stop = self._spans[first]
            if start >= end:
                break
            found += min(stop, end) - max(start, begin)
        return found

    def has_reading(self, begin: datetime, end: datetime) -> bool:
        """Whether it was read in that time."""
        after = bisect_left(self.points, begin, key=_time_of)
        return after < len(self.points) and self.points[after].at < end

    def _at(self, at: datetime) -> Decimal:
        spent = spent_at(self.points, at)
        if spent is None:
            return self.points[-1].spent if self.points and self.points[0].at < at else Decimal(0)
        return spent


def sparkline(values: Sequence[Decimal | None]) -> str:
    """One block a value, as high as it is beside the highest: "▁▂▇█"; "▁" is nothing, "░" not known."""
    most = max((value for value in values if value is not None), default=Decimal(0))
    return "".join(_UNKNOWN if value is None else _block(value, most) for value in values)


def _block(value: Decimal, most: Decimal) -> str:
    if value <= 0:
        return _BLOCKS[0]
    return _BLOCKS[max(1, round(7 * value / most))]  # a little is more than nothing


def _time_of(point: Point) -> datetime:
    return point.at
