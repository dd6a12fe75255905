"""When the money will be used up: from the pace of now, and the account's habit where it is known. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from math import inf

from ..spending import LEAST_HISTORY, Point
from .curve import Curve, in_hours
from .habit import hour_of_week
from .margins import UNKNOWN_HABIT, Factors, factors_at
from .outlook import outlook
from .profile import Profile
from .span_range import show_range, spell_range

LONGEST = timedelta(days=3650)
_LOOKS_AHEAD = 2 * 168.0  # hours; what comes after is like the average of them
_BEYOND_HABIT = 2.0  # times the fastest pace that was ever seen


@dataclass(frozen=True)
class Forecast:
    """How long the money lasts: four times in five between `low` and `high`, half of the time `middle`."""

    low: timedelta
    middle: timedelta
    high: timedelta

    def spelled(self) -> str:
        """For a sentence: "about 3 to 7 hours"."""
        return spell_range(self.low, self.high)

    def short(self) -> str:
        """For a status bar: "3h-7h"."""
        return show_range(self.low, self.high)


def forecast(
    spendable: Decimal | None,
    points: Sequence[Point],
    profile: Profile | None,
    now: datetime,
) -> Forecast | None:
    """How long this many dollars last from `now` on, the time of the newest point.

    `points` are those of the last twenty minutes and the one before them, or more. The zone of `now` is
    that of the hours of the week. None while nothing is spent, when nothing is left, and with less than
    five minutes of history.
    """
    if spendable is None or spendable <= 0 or not points or points[-1].at - points[0].at < LEAST_HISTORY:
        return None
    pace = Curve.of(points).pace(len(points) - 1)
    if pace is None:
        return None
    usual, factors = _expectations(pace, profile, now.tzinfo)
    slow, middle, fast = _used_up(float(spendable), outlook(pace, in_hours(now), usual), factors)
    return Forecast(_span(fast), _span(middle), _span(slow))


def _expectations(
    pace: float, profile: Profile | None, zone: tzinfo | None
) -> tuple[Callable[[int], float], Sequence[Factors]]:
    """Dollars of each hour to come, and how far to trust them.

    Where nothing is known of the account, or it goes faster than it ever went, all goes on as it goes now.
    """
    if profile is None or zone is None or pace > _BEYOND_HABIT * profile.fastest:
        return (lambda _: pace), UNKNOWN_HABIT
    return (lambda hour: profile.per_hour[hour_of_week(hour, zone)]), profile.factors


def _used_up(amount: float, steps: Iterable[tuple[float, float]], table: Sequence[Factors]) -> list[float]:
    """After how many hours the slow, the middle and the fast course have spent the amount."""
    found, passed, before = [inf, inf, inf], 0.0, Factors(0.0, 0.0, 0.0)
    for hours, dollars in steps:
        spent = Factors(*(factor * dollars for factor in factors_at(table, hours)))
        for course, (low, high) in enumerate(zip(before, spent, strict=True)):
            if low < amount <= high:
                found[course] = min(found[course], passed + (hours - passed) * (amount - low) / (high - low))
        passed, before = hours, spent
        if inf not in found or hours > _LOOKS_AHEAD:
            break
    return [_goes_on(each, amount, passed, spent) for each, spent in zip(found, before, strict=True)]


def _goes_on(found: float, amount: float, passed: float, spent: float) -> float:
    """What was not used up within the time looked at will be, at the average speed of that time."""
    return found if found < inf or spent == 0 else passed * amount / spent


def _span(hours: float) -> timedelta:
    return timedelta(hours=min(hours, LONGEST / timedelta(hours=1)))
