"""A made-up account polled as the monitor would: the real schedule, with a clock that runs by itself.

OpenRouter's figures may be 60 seconds old: what a poll reads is the counter as it stood when the provider
last renewed its copy, which it does each minute, at a second of its own. Polls take no time and never fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from opencredits.config import Settings
from opencredits.moment import from_unix
from opencredits.money import from_nano
from opencredits.schedule import MOST_JITTER, Polled, next_due
from opencredits.spending import Point

INTERVAL: timedelta = Settings().update_interval
MINUTE = 60.0  # seconds

Spent = Callable[[float], int]
"""What was spent until a Unix time, in 10^-9 dollars."""


@dataclass(frozen=True)
class Provider:
    """What answers: the account's counter, by way of a copy that is up to a minute old."""

    spent: Spent
    phase: float
    """The second of the minute at which the copy is renewed."""

    def copied_at(self, at: float) -> float:
        """How the counter stood when, by what it says at that time."""
        return (at - self.phase) // MINUTE * MINUTE + self.phase

    def point(self, now: datetime) -> Point:
        """What it says at that time."""
        return Point(now, from_nano(self.spent(self.copied_at(now.timestamp()))))


class Poll(NamedTuple):
    """One poll: what it read, and what the schedule goes by from then on."""

    point: Point
    polled: Polled

    @property
    def at(self) -> float:
        """Unix seconds."""
        return self.point.at.timestamp()


@dataclass(frozen=True)
class Schedule:
    """Polls every five minutes, and with `adaptive` every minute while money moves."""

    adaptive: bool

    def polls(self, provider: Provider, begin: float, rng: Random) -> Iterator[Poll]:
        """All polls from that time on, without end."""
        now = from_unix(begin)
        first = Poll(provider.point(now), Polled(now, jitter=_jitter(rng)))
        yield first
        yield from self.after(first, provider, rng)

    def after(self, last: Poll, provider: Provider, rng: Random) -> Iterator[Poll]:
        """All polls that follow one, without end."""
        while True:
            now = self.due(last)
            point = provider.point(now)
            moved_at = now if point.spent > last.point.spent else last.polled.moved_at
            last = Poll(point, Polled(now, moved_at=moved_at, jitter=_jitter(rng)))
            yield last

    def due(self, last: Poll) -> datetime:
        """When the next poll is."""
        due = next_due(last.polled, INTERVAL, adaptive=self.adaptive, now=last.point.at)
        assert due is not None
        return due

    def is_fast(self, last: Poll) -> bool:
        """Whether money moves, so that the next poll comes after a minute."""
        return self.due(last) - last.point.at < INTERVAL


def _jitter(rng: Random) -> float:
    return rng.uniform(0, MOST_JITTER)
