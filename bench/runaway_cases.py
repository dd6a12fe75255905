"""Accounts with known runaways: those of the corpus, and loops that begin at random times of any other.

A loop of so many times the habit is played on a copy of the account from that moment on, so that each is met
by an account as it is, and not by what a loop before it has left.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import takewhile
from random import Random
from typing import NamedTuple

from corpus import MONDAY, Counter, Span, counter, looping, loops, requests

from .replay import MINUTE, Poll, Provider, Schedule

LEAD_IN = 3  # weeks that only teach
COUNTED = 4  # weeks of each account
MULTIPLES = (3, 5, 10, 20, 50)

_WEEK = 7 * 24 * 60 * MINUTE
_TEN_MINUTES = 10 * MINUTE
_ADAPTIVE = Schedule(adaptive=True)


class Case(NamedTuple):
    """A loop of so many times the account's habit."""

    multiple: int
    per_hour: float
    span: Span
    at_work: bool
    """Polls came each minute when it began; otherwise the account was idle."""
    spent: Counter


class Account:
    """One account of the corpus: three weeks that only teach, then those that count."""

    def __init__(self, kind: str, seed: int) -> None:
        self.kind = kind
        self.begin = MONDAY.timestamp()
        self.counted = Span(self.begin + LEAD_IN * _WEEK, self.begin + (LEAD_IN + COUNTED) * _WEEK)
        self.loops = loops(kind, seed, LEAD_IN + COUNTED)
        self.spent = counter(requests(kind, seed, LEAD_IN + COUNTED))
        self._seed = f"{kind} {seed} polls"
        self.provider = Provider(self.spent.at, Random(self._seed).uniform(0, MINUTE))

    @cached_property
    def habit(self) -> float:
        """Dollars per hour: the median over all ten minutes in which anything was spent, loops apart."""
        begins = range(int(self.begin), int(self.counted.end), int(_TEN_MINUTES))
        grown = (self.spent.at(each + _TEN_MINUTES) - self.spent.at(each) for each in begins)
        own = [each for begin, each in zip(begins, grown, strict=True) if each and not self.is_looping(begin)]
        return sorted(own)[len(own) // 2] * 6 / 10**9

    def is_looping(self, at: float, after: float = _TEN_MINUTES) -> bool:
        """Whether a loop of its own is going on then, or has just ended or is about to begin."""
        return any(begin - _TEN_MINUTES <= at <= end + after for begin, end in self.loops)

    def polls(self, schedule: Schedule) -> list[Poll]:
        """All of them, from the first week on."""
        polls = schedule.polls(self.provider, self.begin, Random(self._seed))
        return list(takewhile(lambda poll: poll.at < self.counted.end, polls))

    def cases(self) -> Iterator[Case]:
        """In each week that counts, one of each multiple, at work and from idle."""
        rng = Random(f"{self._seed} cases")
        polls = self.polls(_ADAPTIVE)
        times = [poll.at for poll in polls]
        for week in range(LEAD_IN, LEAD_IN + COUNTED):
            begin = self.begin + week * _WEEK
            last = begin + _WEEK - 120 * MINUTE
            chosen = range(bisect_right(times, begin), bisect_right(times, last))
            fast = {number: _ADAPTIVE.is_fast(polls[number]) for number in chosen}
            for at_work in (True, False):
                numbers = [each for each in chosen if fast[each] is at_work]
                yield from self._cases(rng, times, numbers, at_work=at_work)

    def _cases(
        self, rng: Random, times: Sequence[float], numbers: Sequence[int], *, at_work: bool
    ) -> Iterator[Case]:
        for multiple in MULTIPLES if numbers else ():
            number = rng.choice(numbers)
            begin = rng.uniform(times[number], times[number + 1])
            span = Span(begin, begin + rng.uniform(20, 60) * MINUTE)
            per_hour = multiple * self.habit
            made = counter(list(looping(rng, span, per_hour)))
            if not self.is_looping(begin, after=120 * MINUTE):
                yield Case(multiple, per_hour, span, at_work, made)

    def provider_of(self, case: Case) -> Provider:
        """The same provider while the loop is going on."""
        return Provider(lambda at: self.spent.at(at) + case.spent.at(at), self.provider.phase)
