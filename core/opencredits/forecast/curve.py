"""Cumulative spending as a curve. Pure; in statistics money and time are floats: dollars and hours."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..spending import Point

# In hours.
_PAUSE = 1 / 6  # so long without spending, and a spell of work is over
_LEAST_SPELL = 1 / 6  # one expensive request is no pace yet
_LONGEST_SPELL = 1 / 3  # a loop has to be seen while there is something left


def in_hours(moment: datetime) -> float:
    """Hours since the beginning of 1970 UTC."""
    return moment.timestamp() / 3600


@dataclass(frozen=True)
class Curve:
    """What had been spent at which hour; straight from one reading to the next."""

    hours: Sequence[float]
    spent: Sequence[float]

    @classmethod
    def of(cls, points: Sequence[Point]) -> Curve:
        """Through these points of spending that never falls, in their order."""
        return cls([in_hours(point.at) for point in points], [float(point.spent) for point in points])

    def at(self, hour: float) -> float:
        """Dollars until then; before the first reading and after the last as it stood at that."""
        after = bisect_right(self.hours, hour)
        if after in (0, len(self.hours)):
            return self.spent[max(after - 1, 0)]
        begin, end = self.hours[after - 1 : after + 1]
        low, high = self.spent[after - 1 : after + 1]
        return low + (high - low) * (hour - begin) / (end - begin)

    def grew_to(self, index: int) -> bool:
        """Whether money was spent between this reading and the one before."""
        return index > 0 and self.spent[index] > self.spent[index - 1]

    def pace(self, index: int) -> float | None:
        """Dollars per hour of the spell of work that goes on at this reading; None where none does.

        A spell begins after a pause of ten minutes, at most twenty minutes ago: the hour in which an agent
        was started says little about how fast it goes.
        """
        now = self.hours[index]
        begin = self._spell_began(index, now - _LONGEST_SPELL)
        if begin is None or now == self.hours[0]:
            return None
        begin = max(min(begin, now - _LEAST_SPELL), self.hours[0])
        return (self.spent[index] - self.at(begin)) / (now - begin)

    def _spell_began(self, index: int, earliest: float) -> float | None:
        began, idle_from = None, self.hours[index]
        while index > 0 and idle_from > earliest:
            if self.grew_to(index):
                began = idle_from = self.hours[index - 1]
            elif idle_from - self.hours[index - 1] >= _PAUSE:
                break
            index -= 1
        return None if began is None else max(began, earliest)
