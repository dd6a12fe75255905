"""What will be spent by when: slowly, as expected, or fast. Pure; dollars and hours are floats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

from .margins import Factors, factors_at

_LOOKS_AHEAD = 2 * 168.0  # hours; what comes after is like the average of them


class Prospect:
    """The courses that spending may take, looked at once for however many amounts."""

    def __init__(self, steps: Iterator[tuple[float, float]], table: Sequence[Factors]) -> None:
        """Out of an outlook, and how far to trust it."""
        self._steps, self._table = steps, table
        self._hours = [0.0]
        self._courses = [0.0], [0.0], [0.0]

    def used_up(self, amount: float) -> list[float]:
        """After how many hours so much, above zero, is spent in the slow, the middle and the fast course."""
        self._look_as_far_as(amount)
        return [self._reached(course, amount) for course in self._courses]

    def _look_as_far_as(self, amount: float) -> None:
        slow = self._courses[0]  # it comes there last
        while slow[-1] < amount and self._hours[-1] <= _LOOKS_AHEAD:
            hours, dollars = next(self._steps)
            self._hours.append(hours)
            for course, factor in zip(self._courses, factors_at(self._table, hours), strict=True):
                course.append(factor * dollars)

    def _reached(self, course: Sequence[float], amount: float) -> float:
        after = next((turn for turn, spent in enumerate(course) if spent >= amount), None)
        if after is None:  # it goes on at its average speed
            return self._hours[-1] * amount / course[-1] if course[-1] else inf
        begin, end = self._hours[after - 1 : after + 1]
        low, high = course[after - 1 : after + 1]
        return begin + (end - begin) * (amount - low) / (high - low)
