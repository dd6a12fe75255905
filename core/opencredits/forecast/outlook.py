"""What is expected to be spent from now on. Pure; dollars and hours are floats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import exp, floor

_FADES = 1.0  # hours after which a third of today's pace is left, and two thirds are habit
_CLOSELY = 2.0  # hours that are looked at by their quarters
_EXACT = 1e-6


def outlook(pace: float, begin: float, usual: Callable[[int], float]) -> Iterator[tuple[float, float]]:
    """Hours since `begin`, and the dollars expected by then: by quarters, later by hours, without end.

    The pace of now fades into what is usual in an hour of UTC, counted from 1970.
    """
    passed = dollars = 0.0
    while True:
        at = begin + passed
        parts = 4 if passed < _CLOSELY else 1
        length = (floor(at * parts + _EXACT) + 1) / parts - at
        by_pace = _FADES * (exp(-passed / _FADES) - exp(-(passed + length) / _FADES))
        dollars += pace * by_pace + usual(floor(at + _EXACT)) * (length - by_pace)
        passed += length
        yield passed, dollars


def expected_within(steps: Iterator[tuple[float, float]], horizons: Iterable[float]) -> Iterator[float]:
    """The dollars of an outlook within each of these hours, which rise."""
    passed = dollars = before = spent = 0.0
    for horizon in horizons:
        while passed < horizon:
            before, spent = passed, dollars
            passed, dollars = next(steps)
        yield spent + (dollars - spent) * (horizon - before) / (passed - before)
