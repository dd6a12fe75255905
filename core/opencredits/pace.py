"""How fast an account usually goes over short spans, learned of its own history. Pure: time is an argument.

These are statistics, so that they are floats: dollars per hour, and Unix times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, NamedTuple

from .spending import Point

LEARNS_OF = timedelta(days=14)
_JUST_NOW = timedelta(hours=1)
"""What has only just happened is no habit yet, or a runaway would soon be one."""
_ALMOST_A_MINUTE = timedelta(seconds=50)
_SUSTAINED = timedelta(minutes=20).total_seconds()
_DAY = timedelta(days=1).total_seconds()
_LEAST_READINGS = 20
_LEAST_DAYS = 3


class Speed(NamedTuple):
    """How fast it went when a poll had been read, in dollars per hour."""

    at: float
    fast: float
    """Over the slower one of the last two polls, as one expensive request is in one of them alone; or over
    the last one where it is 20 minutes long and more."""
    jump: float
    """How much faster that is than the 20 minutes before, which end a poll earlier: it may hold the start."""
    sustained: float
    """Over the last 20 minutes, or over the gap that is longer; 0 where less is known."""


@dataclass(frozen=True)
class Pace:
    """What is usual while money is spent, in dollars per hour."""

    usual: float
    """The median of 20 minutes, on three days of four."""
    fastest: float | None
    """The jump that one minute in a hundred exceeds, on three days of four; None under three days."""

    @classmethod
    def learned(cls, points: Sequence[Point], now: datetime) -> Pace | None:
        """The pace of these points, of the last 14 days at most; None where they are too few.

        A day counts as one, however much went on in it, so that a runaway of one day teaches nothing and
        work that has become dearer is usual after some days.
        """
        begin, end = (now - LEARNS_OF).timestamp(), (now - _JUST_NOW).timestamp()
        days: dict[float, list[Speed]] = {}
        for speed in speeds(points):
            if speed.sustained > 0 and begin <= speed.at <= end:
                days.setdefault(speed.at // _DAY, []).append(speed)
        known = [day for day in days.values() if len(day) >= _LEAST_READINGS]
        if not known:
            return None
        usual = _quantile((_quantile((each.sustained for each in day), 0.5) for day in known), 0.75)
        if len(known) < _LEAST_DAYS:
            return cls(usual, None)
        return cls(usual, _quantile((_quantile((each.jump for each in day), 0.99) for day in known), 0.75))

    def to_json(self) -> dict[str, Any]:
        """What `of_json` reads."""
        return asdict(self)

    @classmethod
    def of_json(cls, table: object) -> Pace | None:
        """The pace that was written; None for what cannot be read."""
        match table:
            case {"usual": float(usual), "fastest": float() | None as fastest}:
                plausible = isfinite(usual) and isfinite(fastest or 0) and usual > 0
                return cls(usual, fastest) if plausible else None
        return None


def speeds(points: Sequence[Point]) -> list[Speed]:
    """One for each poll but the first; the points are in order of time and never fall."""
    points = _a_minute_apart(points)
    times, spent = [each.at.timestamp() for each in points], [float(each.spent) for each in points]
    steps, means, found, far = [0.0], [0.0], [], 0
    for number in range(1, len(points)):
        while times[number] - times[far + 1] >= _SUSTAINED:
            far += 1
        is_known = times[number] - times[far] >= _SUSTAINED
        steps.append(_per_hour(times, spent, number - 1, number))
        means.append(_per_hour(times, spent, far, number) if is_known else 0.0)
        is_gap = far == number - 1 and is_known
        fast, before = steps[-1] if is_gap else min(steps[-2:]), means[max(number - 3, 0)]
        found.append(Speed(times[number], fast, fast - before, means[-1]))
    return found


def _a_minute_apart(points: Sequence[Point]) -> list[Point]:
    """Without what was asked for in between: one request within seconds would be a fortune an hour."""
    kept: list[Point] = []
    for point in points:
        if not kept or point.at - kept[-1].at >= _ALMOST_A_MINUTE:
            kept.append(point)
    return kept


def _per_hour(times: Sequence[float], spent: Sequence[float], begin: int, end: int) -> float:
    hours = (times[end] - times[begin]) / 3600
    return (spent[end] - spent[begin]) / hours if hours > 0 else 0.0


def _quantile(values: Iterable[float], share: float) -> float:
    """The value that this share of them does not exceed; of few ones rather the lower."""
    ordered = sorted(values)
    return ordered[int(share * (len(ordered) - 1))]
