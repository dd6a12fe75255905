"""When the money will be used up: from the pace of now, and the account's habit where it is known. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from ..spending import LEAST_HISTORY, Point
from .curve import Curve, in_hours
from .habit import hour_of_week
from .margins import UNKNOWN_HABIT, Factors
from .outlook import outlook
from .profile import Profile
from .prospect import Prospect
from .span_range import show_range, spell_range

LONGEST = timedelta(days=3650)
_BEYOND_HABIT = 2.0  # times the fastest pace that was ever seen


@dataclass(frozen=True)
class Forecast:
    """How long the money lasts: four times in five between `low` and `high`, half of the time `middle`."""

    low: timedelta
    middle: timedelta
    high: timedelta

    @classmethod
    def of(cls, dollars: Decimal, seen: Prospect) -> Forecast:
        """How long so many dollars last, above zero."""
        slow, middle, fast = seen.used_up(float(dollars))
        return cls(_span(fast), _span(middle), _span(slow))

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

    None where `prospect` has none, when nothing is left, and where nobody knows what is.
    """
    if spendable is None or spendable <= 0:
        return None
    seen = prospect(points, profile, now)
    return None if seen is None else Forecast.of(spendable, seen)


def prospect(points: Sequence[Point], profile: Profile | None, now: datetime) -> Prospect | None:
    """What may be spent from `now` on, the time of the newest point.

    `points` are those of the last twenty minutes and the one before them, or more. The zone of `now` is
    that of the hours of the week. None while nothing is spent, and with less than five minutes of history.
    """
    if not points or points[-1].at - points[0].at < LEAST_HISTORY:
        return None
    pace = Curve.of(points).pace(len(points) - 1)
    if pace is None:
        return None
    usual, factors = _expectations(pace, profile, now.tzinfo)
    return Prospect(outlook(pace, in_hours(now), usual), factors)


def _expectations(
    pace: float, profile: Profile | None, zone: tzinfo | None
) -> tuple[Callable[[int], float], Sequence[Factors]]:
    """Dollars of each hour to come, and how far to trust them.

    Where nothing is known of the account, or it goes faster than it ever went, all goes on as it goes now.
    """
    if profile is None or zone is None or pace > _BEYOND_HABIT * profile.fastest:
        return (lambda _: pace), UNKNOWN_HABIT
    return (lambda hour: profile.per_hour[hour_of_week(hour, zone)]), profile.factors


def _span(hours: float) -> timedelta:
    return timedelta(hours=min(hours, LONGEST / timedelta(hours=1)))
