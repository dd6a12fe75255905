"""Made-up accounts to judge forecasts and alerts by: each request that was paid for, week after week.

All of it follows from kind and seed. A session goes as coding agents go: a turn of requests at irregular
gaps, then a pause in which a person reads; tasks, days and accounts are dearer or cheaper than others.
Pure Python, so that benchmarks can use it as well as tests.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from math import exp, log
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

KINDS = ("steady", "office_hours", "nightly_batch", "bursts", "weekends_off", "runaway")
ZONE = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 10, 5, tzinfo=ZONE)  # the clocks go back on the Sunday of the third week

_MINUTE, _HOUR = 60.0, 3600.0
_NANO = 10**9


class Request(NamedTuple):
    """When it was paid for (Unix seconds), and what it cost (10^-9 dollars)."""

    at: float
    cost: int


class Span(NamedTuple):
    """From when until when, in Unix seconds."""

    begin: float
    end: float


@dataclass(frozen=True)
class Agent:
    """How one account spends while it is at work."""

    per_hour: float
    """Dollars, on the average of a session."""
    gap: float
    """Seconds between the requests of a turn, half of the time."""
    requests: float
    """Of an average turn."""
    pause: float
    """Seconds between turns, on average."""
    spread: float
    """Of costs: the standard deviation of their logarithm."""

    @classmethod
    def drawn(cls, rng: Random, kind: str) -> Agent:
        """Another one for each account."""
        attended = kind not in {"steady", "nightly_batch"}
        return cls(
            per_hour=exp(rng.uniform(log(0.3), log(8))),
            gap=exp(rng.uniform(log(10), log(40))),
            requests=rng.uniform(10, 40),
            pause=rng.uniform(90, 300) if attended else rng.uniform(5, 40),
            spread=rng.uniform(0.5, 1.0),
        )

    def works(self, rng: Random, span: Span, factor: float) -> Iterator[Request]:
        """The requests of one session."""
        gap = self.gap * exp(_UNEVEN**2 / 2)  # the mean of what is drawn below
        cost = factor * self.per_hour / _HOUR * (gap + self.pause / self.requests)
        at, task = span.begin, 1.0
        while at < span.end:
            task = _dearer(rng, 0.4) if rng.random() < 0.3 else task
            for _ in range(1 + int(rng.expovariate(1 / self.requests))):
                if at < span.end:
                    yield _request(at, cost * task * _dearer(rng, self.spread))
                at += rng.lognormvariate(log(self.gap), _UNEVEN)
            at += rng.expovariate(1 / self.pause)


_UNEVEN = 0.6  # standard deviation of the logarithm of a gap


def requests(kind: str, seed: int, weeks: int, start: datetime = MONDAY) -> list[Request]:
    """What one account paid for, in order. More weeks have in them all that fewer have."""
    rng = Random(f"{kind} {seed}")
    agent = Agent.drawn(rng, kind)
    made: list[Request] = []
    for number in range(7 * weeks):
        day = start.date() + timedelta(days=number)
        factor = _dearer(rng, 0.25)
        for span in _SESSIONS[kind](rng, day):
            made += agent.works(rng, span, factor)
    for number, span in enumerate(loops(kind, seed, weeks, start)):
        loop = Random(f"{kind} {seed} loop {number}")
        made += looping(loop, span, agent.per_hour * loop.uniform(10, 30))
    return sorted(made)


def loops(kind: str, seed: int, weeks: int, start: datetime = MONDAY) -> list[Span]:
    """When an agent of the kind "runaway" loops: once in about every second week, none for other kinds."""
    if kind != "runaway":
        return []
    rng = Random(f"{kind} {seed} loops")
    found = []
    for week in range(weeks):
        day = start.date() + timedelta(weeks=week, days=rng.randrange(5))
        span = _session(day, rng.uniform(9.5, 16.5), rng.uniform(20, 60) / 60)
        if rng.random() < 0.5:
            found.append(span)
    return found


def looping(rng: Random, span: Span, per_hour: float) -> Iterator[Request]:
    """A loop: one request after the other, all of much the same cost, at so many dollars per hour."""
    at = span.begin
    while at < span.end:
        gap = rng.lognormvariate(log(8), 0.4)
        yield _request(at, per_hour / _HOUR * gap * _dearer(rng, 0.3))
        at += gap


class Counter:
    """The lifetime counter of an account."""

    def __init__(self, requests: Sequence[Request]) -> None:
        """They are in order of time."""
        self.times = [each.at for each in requests]
        self.sums = [0, *accumulate(each.cost for each in requests)]

    def at(self, t: float) -> int:
        """What was spent until then, in 10^-9 dollars."""
        return self.sums[bisect_right(self.times, t)]


def counter(requests: Sequence[Request]) -> Counter:
    """What the provider's counter of these requests stands at, whenever it is asked."""
    return Counter(requests)


def _steady(rng: Random, day: date) -> Iterator[Span]:
    """An agent that works by itself, day and night."""
    yield _session(day, 0, rng.uniform(23.5, 24))


def _office_hours(rng: Random, day: date) -> Iterator[Span]:
    """Monday to Friday with a lunch, now and then a meeting, and days off."""
    begin, lunch = rng.gauss(9, 0.3), rng.gauss(12.4, 0.2)
    back, end = lunch + rng.uniform(0.5, 1.2), rng.gauss(18, 0.5)
    meeting, length = rng.uniform(back, 16.5), rng.choice((0, 0, 0.5, 1))
    if rng.random() < 0.06 or day.weekday() >= 5:
        return
    yield _session(day, begin, lunch - begin)
    yield _session(day, back, meeting - back)
    yield _session(day, meeting + length, max(end - meeting - length, 0.1))


def _nightly_batch(rng: Random, day: date) -> Iterator[Span]:
    """One job of an hour or two."""
    yield _session(day, rng.gauss(1.5, 0.1), rng.uniform(1, 2))


def _bursts(rng: Random, day: date) -> Iterator[Span]:
    """Idle mostly; intense sessions at odd times."""
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        yield _session(day, rng.uniform(7, 23.5), rng.uniform(10, 60) / 60)


def _weekends_off(rng: Random, day: date) -> Iterator[Span]:
    """Monday to Friday, from early to late."""
    begin, end = rng.gauss(7, 0.2), rng.gauss(23, 0.2)
    if day.weekday() < 5:
        yield _session(day, begin, end - begin)


_SESSIONS = {
    "steady": _steady,
    "office_hours": _office_hours,
    "nightly_batch": _nightly_batch,
    "bursts": _bursts,
    "weekends_off": _weekends_off,
    "runaway": _office_hours,
}


def _session(day: date, hour: float, hours: float) -> Span:
    """From that hour of the local day on."""
    midnight = datetime.combine(day, time(), ZONE)
    begin = (midnight + timedelta(hours=hour)).timestamp()  # adds to the clock on the wall
    return Span(begin, begin + hours * _HOUR)


def _dearer(rng: Random, spread: float) -> float:
    """A factor around one, with a mean of one."""
    return rng.lognormvariate(-(spread**2) / 2, spread)


def _request(at: float, dollars: float) -> Request:
    return Request(at, max(1, round(dollars * _NANO)))
