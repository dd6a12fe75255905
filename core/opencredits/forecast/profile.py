"""What was learned of an account's history, to forecast by. Pure; dollars and hours are floats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise
from math import ceil, floor, inf
from typing import Any

from ..spending import Point
from .curve import Curve
from .habit import WEEK, habit, hour_of_week
from .margins import HORIZONS, Factors, learned_factors
from .outlook import expected_within, outlook

_LEAST = 12.0  # hours: of a night alone it would learn that nobody works
_FOLDS = 8
_MOST_TRIALS = 150


@dataclass(frozen=True)
class Profile:
    """How an account spends, and how well that has told what it spends next."""

    per_hour: tuple[float, ...]
    """Dollars for each hour of the local week, Monday's first before all."""
    fastest: float
    """The most dollars per hour while at work: of what goes much faster nothing was ever learned."""
    factors: tuple[Factors, ...]
    """By which to multiply what is expected within each of HORIZONS."""

    @classmethod
    def learned(cls, points: Sequence[Point], zone: tzinfo, now: datetime) -> Profile | None:
        """Out of points of spending that never falls, in order, best a quarter of an hour apart.

        None with less than half a day of history.
        """
        return cls.of_curve(Curve.of([point for point in points if point.at <= now]), zone)

    @classmethod
    def of_curve(cls, curve: Curve, zone: tzinfo) -> Profile | None:
        """The same out of a curve."""
        if not curve.hours or curve.hours[-1] - curve.hours[0] < _LEAST:
            return None
        return _Lesson(curve, zone).profile()

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"per_hour": self.per_hour, "fastest": self.fastest, "factors": self.factors}

    @classmethod
    def of_json(cls, table: Any) -> Profile | None:
        """Undo `to_json`; None for what is nothing of the kind."""
        try:
            per_hour = tuple(_numbers(table["per_hour"], WEEK))
            (fastest,) = _numbers([table["fastest"]], 1)
            factors = tuple(Factors(*_numbers(row, 3)) for row in table["factors"])
        except (KeyError, TypeError, ValueError):
            return None
        return cls(per_hour, fastest, factors) if len(factors) == len(HORIZONS) else None


def _numbers(found: Sequence[Any], count: int) -> list[float]:
    numbers = [float(each) for each in found]
    if len(numbers) != count or not all(0 <= each < inf for each in numbers):
        raise ValueError("not such numbers")
    return numbers


class _Lesson:
    """A history, what was spent in each of its full hours, and the forecasts that could have been made in it.

    A forecast is tried with the habit of the other parts of the history: to know the outcome beforehand
    is no art.
    """

    def __init__(self, curve: Curve, zone: tzinfo) -> None:
        self.curve, self.zone = curve, zone
        self.first = ceil(curve.hours[0])
        end = floor(curve.hours[-1])
        ahead = range(self.first - 1, end + ceil(HORIZONS[-1]) + 2)
        self.of_week = {hour: hour_of_week(hour, zone) for hour in ahead}
        spent = pairwise(curve.at(hour) for hour in range(self.first, end + 1))
        self.full = [
            (self.of_week[hour], after - before) for hour, (before, after) in enumerate(spent, self.first)
        ]
        self.habits = [self._habit_without(fold) for fold in range(_FOLDS)]

    def profile(self) -> Profile:
        seen: list[list[float]] = [[] for _ in HORIZONS]
        fastest = 0.0
        for index in self._trials():
            pace = self.curve.pace(index) or 0.0
            fastest = max(fastest, pace)
            for ratios, ratio in zip(seen, self._ratios(index, pace), strict=False):
                ratios.append(ratio)
        factors = (
            learned_factors(ratios, min(len(ratios), len(self.full) / horizon))
            for ratios, horizon in zip(seen, HORIZONS, strict=True)
        )
        return Profile(tuple(habit(self.full)), fastest, tuple(factors))

    def _habit_without(self, fold: int) -> list[float]:
        begin, end = (ceil(len(self.full) * each / _FOLDS) for each in (fold, fold + 1))
        return habit(self.full[:begin] + self.full[end:])

    def _fold(self, hour: float) -> int:
        """In which part of the history that is; what lies after its last full hour, in the last."""
        return min(int((hour - self.first) * _FOLDS / len(self.full)), _FOLDS - 1)

    def _trials(self) -> list[int]:
        """Readings at which money was being spent, spread evenly over the history."""
        hours = self.curve.hours
        spending = [
            index
            for index in range(len(hours))
            if self.curve.grew_to(index) and hours[index] >= self.first + 1
        ]
        skipped = max(1.0, len(spending) / _MOST_TRIALS)
        return [spending[int(turn * skipped)] for turn in range(int(len(spending) / skipped))]

    def _ratios(self, index: int, pace: float) -> Iterator[float]:
        """Actual by expected spending after a reading, for each horizon whose end is known."""
        begin, spent = self.curve.hours[index], self.curve.spent[index]
        usual = self.habits[self._fold(begin)]
        horizons = [each for each in HORIZONS if begin + each <= self.curve.hours[-1]]
        steps = outlook(pace, begin, lambda hour: usual[self.of_week[hour]])
        for horizon, expected in zip(horizons, expected_within(steps, horizons), strict=True):
            yield (self.curve.at(begin + horizon) - spent) / expected
