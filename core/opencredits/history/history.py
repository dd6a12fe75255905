"""What was spent in each hour, day, week or month. Pure: time and zone are arguments."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import islice
from typing import Any, Literal

from ..money import plain
from ..spending import Counters, joined, spent_between
from .bounds import By, spans, wall_clock
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
            "begin": wall_clock(self.begin, zone).isoformat(timespec="seconds"),
            "end": wall_clock(self.end, zone).isoformat(timespec="seconds"),
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
        curve, known = self._curve(begin, end)
        spent = curve.grown(begin, end)
        if not (known or spent):
            return Bucket(begin, end)
        thinned = end <= self._thinned_until and end - begin < _NEARLY_A_DAY
        return Bucket(begin, end, spent, curve.counter, known, not curve.has_reading(begin, end), thinned)

    def buckets(self, by: By, begin: datetime, now: datetime, zone: tzinfo) -> list[Bucket]:
        """One for each hour, day, week or month, from that of `begin` to that of `now`."""
        return [self.bucket(*span) for span in spans(by, begin, now, zone)]

    def _curve(self, begin: datetime, end: datetime) -> tuple[_Curve, timedelta]:
        """All keys together, unless that is known for less than half of the time for which this key is."""
        known, known_of_key = self._all_keys.known(begin, end), self._this_key.known(begin, end)
        is_enough = known and 2 * known >= known_of_key
        return (self._all_keys, known) if is_enough else (self._this_key, known_of_key)


class _Curve:
    """How one counter grew, key after key, and for which times that is known."""

    def __init__(self, histories: Sequence[Sequence[Counters]], counter: Counter) -> None:
        known = lines(histories, counter)
        self.counter = counter
        self.points = joined(known)
        self._times = [point.at for point in self.points]
        self._spans = [(line[0].at, line[-1].at) for line in known]
        self._ends = [end for _, end in self._spans]

    def grown(self, begin: datetime, end: datetime) -> Decimal:
        """Dollars; nothing where it is not known."""
        return self._at(end) - self._at(begin)

    def known(self, begin: datetime, end: datetime) -> timedelta:
        """For how much of that time the counter is known."""
        found = timedelta(0)
        for start, stop in islice(self._spans, bisect_left(self._ends, begin), None):
            if start >= end:
                break
            found += min(stop, end) - max(start, begin)
        return found

    def has_reading(self, begin: datetime, end: datetime) -> bool:
        """Whether it was read in that time."""
        after = bisect_left(self._times, begin)
        return after < len(self._times) and self._times[after] < end

    def _at(self, at: datetime) -> Decimal:
        """Before the first reading nothing, after the last one as it stood at that."""
        after = bisect_left(self._times, at)
        if after in (0, len(self._times)):
            return self.points[after - 1].spent if after else Decimal(0)
        return spent_between(self.points[after - 1], self.points[after], at)


def sparkline(values: Sequence[Decimal | None]) -> str:
    """One block a value, as high as it is beside the highest: "▁▂▇█"; "▁" is nothing, "░" not known."""
    most = max((value for value in values if value is not None), default=Decimal(0))
    return "".join(_UNKNOWN if value is None else _block(value, most) for value in values)


def _block(value: Decimal, most: Decimal) -> str:
    if value <= 0:
        return _BLOCKS[0]
    return _BLOCKS[max(1, round(7 * value / most))]  # a little is more than nothing
