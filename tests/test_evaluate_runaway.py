"""The evaluation of docs/runaway.md, in small, and that it polls as the product does."""

import random
import sys
from datetime import timedelta
from itertools import takewhile
from pathlib import Path

import pytest

from corpus import MONDAY, counter, requests
from opencredits.config import AccountSettings, Config, Settings
from opencredits.keys import Key, Keys
from opencredits.moment import from_unix
from opencredits.monitor import Monitor
from opencredits.reading import KeyInfo, Part, Reading
from opencredits.store import Store

sys.path.append(str(Path(__file__).parent.parent))  # the benchmarks stand beside the tests

from bench.evaluate_runaway import FIRST_SEED, judged, report
from bench.replay import Provider, Schedule
from bench.runaway_table import LARGE, Results

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def results():
    """Eight weeks of two accounts that are cheap to replay, by each detector."""
    outcomes = [judged((kind, FIRST_SEED)) for kind in ("nightly_batch", "bursts")]
    return [Results(str(number), each) for number, each in enumerate(zip(*outcomes, strict=True))]


class TestSmallEvaluation:
    """Held to its targets loosely: so few weeks say little."""

    def test_large_runaways_are_found_soon(self, results):
        """Nine of ten within a few polls."""
        for at_work in (True, False):
            large = results[0].delays(at_work, *LARGE)
            assert len(large.each) >= 20
            assert large.found() >= 0.9
            assert large.polls(0.9) <= 4

    def test_no_alarm_is_false_every_week(self, results):
        """At most one in four weeks."""
        assert results[0].per_week("false_alarms") <= 0.25

    def test_nobody_is_asked_more_often_while_nothing_happens(self, results):
        """Than every five minutes."""
        assert results[0].per_week("polls_outside") <= results[0].per_week("fixed_outside")

    def test_the_tables_name_all_that_was_wanted(self, results):
        """Each with its verdict."""
        text = "\n".join(report(results))
        assert text.count(" met") + text.count(" MISSED") == 6
        assert "8 simulated weeks of 2 accounts" in text


class Machine:
    """A clock that stands still until it is moved, one key, and a provider that answers from the corpus."""

    def __init__(self, provider):
        self.provider = provider
        self.now = MONDAY.astimezone()
        self.asked = []

    def clock(self):
        """The monitor's."""
        return self.now

    def find(self, account):
        """The only key."""
        return Keys(ordinary=Key("sk-or-v1-0", "ordinary", "environment", "test"))

    def read(self, keys, now, *, ask_credits=True):
        """One poll."""
        point = self.provider.point(now)
        self.asked.append(point)
        return Reading(now, key=Part(KeyInfo(point.spent, None, False), now))

    def close(self):
        """Nothing is open."""


def monitored(provider, until):
    """The points that the real monitor reads, as soon as each is due."""
    machine, store = Machine(provider), Store(None)
    machine.now = from_unix(MONDAY.timestamp())
    config = Config(Settings(), {"default": AccountSettings("default")})
    monitor = Monitor(config, store, machine, None, clock=machine.clock, provider_of=lambda account: machine)
    monitor.poll_if_due()
    while (due := monitor.next_due()) < until:
        machine.now = due
        monitor.poll_if_due()
    monitor.close()
    store.close()
    return machine.asked


@pytest.mark.process
@pytest.mark.parametrize("kind", ["office_hours", "bursts"])
def test_the_replay_polls_exactly_when_the_monitor_does(kind):
    """Over a day with work in it, with the same chance."""
    spent = counter(requests(kind, 2, 1))
    provider = Provider(spent.at, 17.0)
    until = MONDAY + DAY
    random.seed(5)
    real = monitored(provider, until)
    polls = Schedule(adaptive=True).polls(provider, MONDAY.timestamp(), random.Random(5))
    assert [poll.point for poll in takewhile(lambda poll: poll.point.at < until, polls)] == real
    assert len(real) > 300
