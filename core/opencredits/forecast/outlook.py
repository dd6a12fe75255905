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
    left = 1.0  # of the pace
    while True:
        at = begin + passed
        hour = floor(at + _EXACT)
        length = ((floor(at * 4 + _EXACT) + 1) / 4 if passed < _CLOSELY else hour + 1) - at
        passed += length
        left, before = exp(-passed / _FADES), left
        by_pace = _FADES * (before - left)
        dollars += pace * by_pace + usual(hour) * (length - by_pace)
        yield passed, dollars


def expected_within(steps: Iterator[tuple[float, float]], horizons: Iterable[float]) -> Iterator[float]:
    """The dollars of an outlook within each of these hours, which rise."""
    passed = dollars = before = spent = 0.0
    for horizon in horizons:
        while passed < horizon:
            before, spent = passed, dollars
            passed, dollars = next(steps)
        yield spent + (dollars - spent) * (horizon - before) / (passed - before)
