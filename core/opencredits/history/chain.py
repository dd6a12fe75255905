"""One line out of the readings of several keys. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from ..spending import Counters, Point, runs


class Timed(Protocol):
    """What was read at a time."""

    @property
    def at(self) -> datetime:
        """When (UTC)."""


T = TypeVar("T", bound=Timed)


def lines(histories: Sequence[Sequence[Counters]], counter: str) -> list[list[Point]]:
    """One counter's values, key after key, parted where the difference between two of them is no spending.

    Only what knows this counter counts: a key that does not stands in nobody's way.
    """
    return chained([run for history in histories for run in runs(history, counter)])


def chained(series: Sequence[Sequence[T]]) -> list[list[T]]:
    """Runs in order of time, each out of one series, so that no time between two readings is in two runs.

    A series that begins takes over from the others. One that goes on beside it counts again from the first
    of its spans that begins after all that counts already: that is when the other one has ended.
    """
    found: list[list[T]] = []
    last: dict[int, T] = {}
    owner = None
    numbered = [(turn, each) for turn, readings in enumerate(series) for each in readings]
    for turn, each in sorted(numbered, key=lambda pair: pair[1].at):
        before, last[turn] = last.get(turn), each
        if turn == owner:
            found[-1].append(each)
        elif before is None or before.at >= found[-1][-1].at:
            found.append([each] if before is None else [before, each])
            owner = turn
    return found
