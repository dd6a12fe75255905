"""How good forecasts would have been: a stored history replayed, each with what was known then. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from decimal import Decimal
from math import exp, inf, log
from typing import Any

from ..spending import Point
from .curve import Curve
from .forecast import Forecast, prospect
from .profile import Profile
from .prospect import Prospect

_MOST = 200  # moments that are looked at
_HOUR = timedelta(hours=1)
_DAY = 24.0  # hours
_LEARNS_FROM = 8 * 168.0  # hours
_LEAST_TIME = 1 / 60  # hours: what is closer than a minute is right
_NOTIONAL = (0.5, 2.0, 8.0, 24.0, 72.0)  # hours of work


@dataclass(frozen=True)
class Outcome:
    """One forecast and what came of it, in hours. `actual` is None where it took longer than was seen."""

    low: float
    middle: float
    high: float
    last_hour: float | None
    yesterday: float | None
    actual: float | None

    @property
    def held(self) -> bool:
        """Whether it came as the range said."""
        return self.actual is not None and self.low <= self.actual <= self.high


@dataclass(frozen=True)
class Backtest:
    """All forecasts of a history of which it is known whether their range held."""

    outcomes: Sequence[Outcome]
    notional: bool
    """Whether amounts were made up, since what could be spent is not known or was never used up."""

    @property
    def coverage(self) -> float | None:
        """The share of the ranges that held; meant are 0.8."""
        return sum(each.held for each in self.outcomes) / len(self.outcomes) if self.outcomes else None

    def error(self, of: Callable[[Outcome], float | None]) -> float | None:
        """The factor by which one in two was wrong or less: 2.0 is half of the time or twice the time."""
        known = ((of(each), each.actual) for each in self.outcomes)
        wrong = sorted(_apart(said, came) for said, came in known if said is not None and came is not None)
        return exp(wrong[len(wrong) // 2]) if wrong else None

    def to_json(self) -> dict[str, Any]:
        """Figures alone; None for what is not known."""
        return {
            "forecasts": len(self.outcomes),
            "notional": self.notional,
            "coverage": self.coverage,
            "median_error": self.error(lambda each: each.middle),
            "median_error_last_hour": self.error(lambda each: each.last_hour),
            "median_error_yesterday": self.error(lambda each: each.yesterday),
        }

    def lines(self) -> list[str]:
        """For people."""
        if self.coverage is None:
            return ["Too little history: no forecast of it has come to its end yet. Try again in some days."]
        made_up = "made up, of half an hour to three days of work" if self.notional else "what was left"
        return [
            f"{len(self.outcomes)} forecasts of when an amount is used up, each by what was known then",
            f"Amounts: {made_up}",
            f"Range held: {self.coverage * 100:.0f} % (80 % is meant)",
            "Median error as a factor (2.00 is half of the time, or twice the time):",
            f"  this forecast        {_factor(self.error(lambda each: each.middle))}",
            f"  last hour's rate     {_factor(self.error(lambda each: each.last_hour))}",
            f"  yesterday's average  {_factor(self.error(lambda each: each.yesterday))}",
        ]


def backtest(history: Sequence[tuple[Point, Decimal | None]], zone: tzinfo) -> Backtest:
    """Replay points of spending that never falls, each with the dollars that could be spent then, if known.

    Points some minutes apart are best: each forecast looks at those of its last hour.
    """
    replay = _Replay([point for point, _ in history], zone)
    left = [spendable for _, spendable in history]
    outcomes = [*replay.outcomes(lambda index: [left[index]])]
    if outcomes:
        return Backtest(outcomes, notional=False)
    amounts = [Decimal(hours * replay.typical_pace()) for hours in _NOTIONAL]
    return Backtest([*replay.outcomes(lambda _: amounts)], notional=True)


class _Replay:
    """A history, and the moments of it at which money was being spent."""

    def __init__(self, points: Sequence[Point], zone: tzinfo) -> None:
        self.points, self.zone = points, zone
        self.curve = Curve.of(points)
        self.quarters = self._ends_of_quarters()
        spending = [index for index in range(len(points)) if self.curve.grew_to(index)]
        skipped = max(1.0, len(spending) / _MOST)
        self.moments = [spending[int(turn * skipped)] for turn in range(int(len(spending) / skipped))]
        self.prospects = [*self._prospects()]

    def typical_pace(self) -> float:
        """Dollars per hour while money is spent, half of the time."""
        paces = sorted(self.curve.pace(index) or 0.0 for index in self.moments)
        return paces[len(paces) // 2] if paces else 0.0

    def outcomes(self, amounts: Callable[[int], Iterable[Decimal | None]]) -> Iterator[Outcome]:
        """Of the forecasts for the amounts of each moment.

        One whose range ends beyond the history is left out: counting its misses and hits as far as they
        are seen would count the early ones alone.
        """
        for index, seen in self.prospects:
            for amount in amounts(index):
                if amount is not None and amount > 0:
                    outcome = self._outcome(index, amount, Forecast.of(amount, seen))
                    if self.curve.hours[index] + outcome.high <= self.curve.hours[-1]:
                        yield outcome

    def _outcome(self, index: int, amount: Decimal, said: Forecast) -> Outcome:
        dollars = float(amount)
        return Outcome(
            low=said.low / _HOUR,
            middle=said.middle / _HOUR,
            high=said.high / _HOUR,
            last_hour=self._at_average(index, dollars, 1.0),
            yesterday=self._at_average(index, dollars, 24.0),
            actual=self._came(index, dollars),
        )

    def _recent(self, index: int) -> Sequence[Point]:
        """The points of the last hour, and the one before it."""
        first = bisect_left(self.curve.hours, self.curve.hours[index] - 1.0)
        return self.points[max(first - 1, 0) : index + 1]

    def _prospects(self) -> Iterator[tuple[int, Prospect]]:
        """What was to be expected at each moment at which anything was.

        A habit is learned anew when it is older than an eighth of the history, at least each day.
        """
        profile, learned_at = None, -inf
        for index in self.moments:
            now = self.curve.hours[index]
            if now - learned_at >= min((now - self.curve.hours[0]) / 8, _DAY):
                profile, learned_at = Profile.of_curve(self._learned_from(index), self.zone), now
            seen = prospect(self._recent(index), profile, self.points[index].at.astimezone(self.zone))
            if seen is not None:
                yield index, seen

    def _learned_from(self, index: int) -> Curve:
        """The last points of the quarters of an hour, some weeks back."""
        first = bisect_left(self.curve.hours, self.curve.hours[index] - _LEARNS_FROM)
        begin, end = bisect_left(self.quarters, first), bisect_left(self.quarters, index)
        known = [*self.quarters[begin:end], index]
        return Curve([self.curve.hours[each] for each in known], [self.curve.spent[each] for each in known])

    def _ends_of_quarters(self) -> list[int]:
        return [*{int(4 * hour): index for index, hour in enumerate(self.curve.hours)}.values()]

    def _at_average(self, index: int, dollars: float, hours: float) -> float | None:
        """What a rival says: how long it lasts at the average of the last so many hours."""
        now = self.curve.hours[index]
        begin = max(now - hours, self.curve.hours[0])
        spent = self.curve.spent[index] - self.curve.at(begin)
        return dollars * (now - begin) / spent if spent > 0 else None

    def _came(self, index: int, dollars: float) -> float | None:
        """After how many hours so much had been spent; None where it never was."""
        goal = self.curve.spent[index] + dollars
        after = bisect_left(self.curve.spent, goal)
        if after == len(self.curve.spent):
            return None
        (begin, end), (low, high) = (
            self.curve.hours[after - 1 : after + 1],
            self.curve.spent[after - 1 : after + 1],
        )
        return begin + (end - begin) * (goal - low) / (high - low) - self.curve.hours[index]


def _apart(said: float, came: float) -> float:
    return abs(log(max(said, _LEAST_TIME) / max(came, _LEAST_TIME)))


def _factor(error: float | None) -> str:
    return "not known" if error is None else f"{error:.2f}"
