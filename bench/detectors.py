"""What is judged: the product's own detector, and two plain rivals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from opencredits.pace import Pace, speeds
from opencredits.runaway import runaway
from opencredits.spending import Point

from .replay import Schedule

FLOOR = Decimal(2)  # dollars per hour, the default of `runaway_min_per_hour`


class Detector(Protocol):
    """What tells a runaway by the points of one account."""

    schedule: Schedule

    @property
    def name(self) -> str:
        """As the tables have it."""

    def learn(self, history: Sequence[Point], now: datetime) -> None:
        """Take in the points of the last two weeks."""

    def state(self, recent: Sequence[Point], now: datetime) -> str:
        """What the points of the last two hours say: "on", "hold" (as before) or "off"."""


@dataclass
class Product:
    """What OpenCredits does."""

    schedule: Schedule = Schedule(adaptive=True)
    pace: Pace | None = None

    @property
    def name(self) -> str:
        """Its name."""
        return "OpenCredits"

    def learn(self, history: Sequence[Point], now: datetime) -> None:
        """Its pace."""
        self.pace = Pace.learned(history, now)

    def state(self, recent: Sequence[Point], now: datetime) -> str:
        """As an alert would have it."""
        return runaway(recent, self.pace, FLOOR, now).state


@dataclass
class FixedRate:
    """Two polls in a row at so many dollars an hour, the same for every account."""

    per_hour: float
    schedule: Schedule = Schedule(adaptive=True)

    @property
    def name(self) -> str:
        """With its threshold."""
        return f"${self.per_hour:g} an hour, fixed"

    def learn(self, history: Sequence[Point], now: datetime) -> None:
        """Nothing."""

    def state(self, recent: Sequence[Point], now: datetime) -> str:
        """On from the threshold on, off under half of it."""
        del now
        fast = speeds(recent[-3:])[-1].fast
        return "on" if fast >= self.per_hour else "off" if fast < self.per_hour / 2 else "hold"


@dataclass
class ZScore:
    """The growth of five minutes, against mean and deviation of those in which money was spent."""

    deviations: float
    schedule: Schedule = Schedule(adaptive=False)
    known: tuple[float, float] = field(default=(0.0, 0.0))

    @property
    def name(self) -> str:
        """With its threshold."""
        return f"z-score over {self.deviations:g}, 5-minute polls"

    def learn(self, history: Sequence[Point], now: datetime) -> None:
        """Mean and standard deviation of what grew."""
        del now
        grown = [each for each in _steps(history) if each > 0]
        mean = sum(grown) / max(len(grown), 1)
        spread = (sum((each - mean) ** 2 for each in grown) / max(len(grown), 1)) ** 0.5
        self.known = mean, spread

    def state(self, recent: Sequence[Point], now: datetime) -> str:
        """On from so many deviations above the mean on, off under half of that; the same floor as ours."""
        del now
        mean, spread = self.known
        rate = _steps(recent[-2:])[-1]
        if rate >= max(mean + self.deviations * spread, float(FLOOR)):
            return "on"
        return "off" if rate < mean + self.deviations / 2 * spread else "hold"


def _steps(points: Sequence[Point]) -> list[float]:
    """Dollars per hour between each two polls."""
    times, spent = [each.at.timestamp() for each in points], [float(each.spent) for each in points]
    return [
        (later - earlier) * 3600 / (end - begin)
        for begin, end, earlier, later in zip(times, times[1:], spent, spent[1:], strict=False)
    ]
