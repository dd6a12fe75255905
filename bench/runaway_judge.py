"""How one detector does on one account: each week that counts as it was, and each of its cases."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import takewhile
from math import inf
from random import Random
from typing import NamedTuple

from opencredits.pace import LEARNS_OF
from opencredits.runaway import LOOKS_BACK, learn_due
from opencredits.spending import Point

from .detectors import FLOOR, Detector
from .replay import INTERVAL, MINUTE, Poll
from .runaway_cases import COUNTED, Account, Case

_HOUR = 60 * MINUTE
_FIVE_MINUTES = 5 * MINUTE


class Delay(NamedTuple):
    """How late a case was found; infinite: never, that is not within five minutes of its end."""

    case: str
    multiple: int
    at_work: bool
    polls: float
    """After the first poll that holds any of it."""
    minutes: float
    """After its beginning."""


@dataclass
class Outcome:
    """What came of it, to be added up over accounts."""

    kind: str
    weeks: int = COUNTED
    delays: list[Delay] = field(default_factory=list)
    below_floor: int = 0
    false_alarms: int = 0
    loops: int = 0
    """Loops of the corpus itself, within the weeks that count."""
    loops_found: int = 0
    polls: int = 0
    polls_outside: int = 0
    """Of these, those outside hours with spend and the ten minutes after them."""
    fixed_outside: float = 0.0
    """As many as there would be in that time at one every five minutes exactly."""


class Judge:
    """One detector beside one account. It sees what a session would: no poll before its time."""

    def __init__(self, account: Account, detector: Detector) -> None:
        self.account, self.detector = account, detector
        self.polls = account.polls(detector.schedule)
        self.points = [poll.point for poll in self.polls]
        self.times = [poll.at for poll in self.polls]
        self.outcome = Outcome(account.kind)

    def outcome_of(self, cases: Sequence[Case]) -> Outcome:
        """Go through the weeks that count, and from each case's beginning through the case as well."""
        self._count_polls()
        pending = sorted(cases, key=lambda case: case.span.begin, reverse=True)
        found: set[float] = set()
        is_on, learned_at = False, None
        for number in range(bisect_left(self.times, self.account.counted.begin), len(self.polls)):
            now = self.points[number].at
            if learn_due(learned_at, self.points[0].at, now):
                self.detector.learn(self._since(number, LEARNS_OF), now)
                learned_at = now
            was_on, is_on = is_on, self._is_on(self._since(number, LOOKS_BACK), was_on=is_on)
            if is_on and not was_on:
                self._raised(self.times[number], found)
            while (
                pending and number + 1 < len(self.polls) and pending[-1].span.begin < self.times[number + 1]
            ):
                self._judge(pending.pop(), number, is_on=is_on)
        counted = [each for each in self.account.loops if each.begin >= self.account.counted.begin]
        self.outcome.loops, self.outcome.loops_found = len(counted), len(found)
        return self.outcome

    def _raised(self, at: float, found: set[float]) -> None:
        own = [each for each in self.account.loops if each.begin <= at <= each.end + 5 * MINUTE]
        found.update(each.begin for each in own)
        self.outcome.false_alarms += not own

    def _judge(self, case: Case, number: int, *, is_on: bool) -> None:
        """What the detector has learned stays as it is: the last hour would not teach it anything."""
        if case.per_hour < FLOOR:
            self.outcome.below_floor += 1
        elif not is_on:
            delay = self._delay(case, number)
            if delay is not None:
                self.outcome.delays.append(delay)

    def _delay(self, case: Case, number: int) -> Delay | None:
        """None where no poll saw any of it while it lasted."""
        begin = case.span.begin
        recent, late = self._since(number, LOOKS_BACK), None
        for poll in self._played(case, number):
            recent.append(poll.point)
            provider = self.account.provider_of(case)
            if late is None and case.spent.at(provider.copied_at(poll.at)) > 0:
                late = 0
            if late is not None and self._is_on(recent, was_on=False):
                return Delay(self.account.kind, case.multiple, case.at_work, late, (poll.at - begin) / MINUTE)
            late = late if late is None else late + 1
        return None if late is None else Delay(self.account.kind, case.multiple, case.at_work, inf, inf)

    def _played(self, case: Case, number: int) -> Iterator[Poll]:
        """The polls that follow, with the loop going on."""
        rng = Random(f"{case.span} {self.detector.schedule}")
        polls = self.detector.schedule.after(self.polls[number], self.account.provider_of(case), rng)
        last = case.span.end + INTERVAL.total_seconds()
        return takewhile(lambda poll: poll.at <= last, polls)

    def _is_on(self, recent: Sequence[Point], *, was_on: bool) -> bool:
        state = self.detector.state(recent, recent[-1].at)
        return was_on if state == "hold" else state == "on"

    def _since(self, number: int, span: timedelta) -> list[Point]:
        """The points of that long before one of them, and the one before."""
        first = bisect_left(self.times, self.times[number] - span.total_seconds())
        return self.points[max(first - 1, 0) : number + 1]

    def _count_polls(self) -> None:
        """Hours are those of the clock."""
        begin, end = self.account.counted
        counted = [at for at in self.times if at >= begin]
        active = {at // _HOUR for at in self.account.spent.times}
        self.outcome.polls = len(counted)
        self.outcome.polls_outside = sum(_is_outside(at, active) for at in counted)
        minutes = range(int(begin), int(end), int(MINUTE))
        self.outcome.fixed_outside = sum(_is_outside(at, active) for at in minutes) * MINUTE / _FIVE_MINUTES


def _is_outside(at: float, active: Container[float]) -> bool:
    """Whether it is neither in an hour with spend nor in the ten minutes after one."""
    hour = at // _HOUR
    return hour not in active and not (at - hour * _HOUR < 10 * MINUTE and hour - 1 in active)
