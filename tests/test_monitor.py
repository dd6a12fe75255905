"""When the API is asked, and by whom: against a simulator that counts, with a clock that is an argument."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from opencredits.config import AccountSettings, Config, Settings
from opencredits.keys import Key, Keys
from opencredits.monitor import Monitor
from opencredits.paths import Paths
from opencredits.reading import Fault as ReadingFault
from opencredits.schedule import next_due
from opencredits.simulator import SCENARIOS, Fault, Simulator
from opencredits.store import Store

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self):
        self.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def unix(self):
        """The same for the simulator."""
        return self.now.timestamp()


class Machine:
    """One user's machine: a state folder, a clock, and any number of sessions."""

    def __init__(self, simulator, clock, folder):
        self.sim, self.clock, self.paths = simulator, clock, Paths(str(folder), str(folder))
        self.keys = {"default": Keys(ordinary=Key(simulator.key, "ordinary", "environment", "test"))}
        self.opened = []

    def find(self, account):
        """The keys as a session finds them."""
        return self.keys[account.name]

    def session(self, **settings):
        """Another process, as far as the store can tell."""
        store = Store(self.paths.database)
        store.holder = f"elsewhere/-:{len(self.opened)}:-"
        account = AccountSettings("default", base_url=self.sim.base_url)
        config = Config(Settings(**settings), {"default": account})
        monitor = Monitor(config, store, self, self.paths, clock=self.clock)
        self.opened += [monitor, store]
        return monitor

    def later(self, span):
        """Move the clock."""
        self.clock.now += span

    def polls(self):
        """How often `/key` was asked since the last look."""
        count = self.sim.count("/key") - getattr(self, "seen", 0)
        self.seen = self.sim.count("/key")
        return count


@pytest.fixture
def machine(tmp_path):
    """A machine beside a steady account that nobody spends from."""
    clock = Clock()
    quiet = replace(SCENARIOS["steady"], workloads=())
    with Simulator(quiet, clock=clock.unix) as simulator:
        machine = Machine(simulator, clock, tmp_path / "state")
        yield machine
        for each in machine.opened:
            each.close()


def text(monitor):
    """What the session shows after its turn."""
    monitor.poll_if_due()
    return monitor.status().text


def due(monitor):
    """When the next poll is, with the jitter that was drawn."""
    record = monitor.record(monitor.config.accounts["default"])
    return next_due(record.polled, 5 * MINUTE, adaptive=False, now=monitor._clock())


def test_one_poll_is_key_and_credits(machine):
    """And the figure is the account's."""
    monitor = machine.session()
    monitor.poll_if_due()
    left = machine.sim.account.credits - machine.sim.account.total_usage
    assert monitor.status().accounts[0].balance == left
    assert (machine.sim.count("/key"), machine.sim.count("/credits"), machine.sim.count()) == (1, 1, 2)


def test_what_cannot_be_read_is_asked_again_within_a_minute(machine):
    """Such as what a newer version has stored; and no more often, should that one run as well."""
    monitor = machine.session()
    shown = text(monitor)
    with closing(sqlite3.connect(machine.paths.database)) as db, db:
        db.execute("UPDATE series SET reading = '{}'")
    machine.later(0.8 * MINUTE)
    assert text(monitor) == "OpenRouter: ..."
    machine.later(0.3 * MINUTE)
    assert text(monitor) == shown


def test_a_second_session_shows_the_first_ones_answer(machine):
    """The account is asked once per interval, however many look."""
    first, second = machine.session(), machine.session()
    assert text(first) == text(second)
    machine.later(4 * MINUTE)
    text(second)
    assert machine.polls() == 1


def test_the_smallest_interval_wins(machine):
    """Each session uses its own against the shared reading."""
    slow, fast = machine.session(adaptive=False), machine.session(adaptive=False, update_interval=2 * MINUTE)
    text(slow)
    machine.later(3 * MINUTE)
    text(slow)
    assert machine.polls() == 1
    text(fast)
    assert machine.polls() == 1


def test_who_polled_last_takes_the_next_turn(machine):
    """Others wait three seconds past due, so that one process has the HTTP client loaded."""
    first, second = machine.session(adaptive=False), machine.session(adaptive=False)
    text(first)
    machine.clock.now = due(first)
    text(second)
    assert machine.polls() == 1
    text(first)
    assert machine.polls() == 1
    machine.clock.now = due(first) + timedelta(seconds=3)
    text(second)
    assert machine.polls() == 1


def test_money_that_moves_is_looked_at_each_minute_for_ten(machine):
    """And then at the interval again."""
    monitor = machine.session()
    text(monitor)
    for _ in range(5):
        machine.sim.account.spend(1, key="laptop")
        machine.later(5.25 * MINUTE)
        text(monitor)
    machine.polls()
    moved = machine.clock.now
    asked = []
    while machine.clock.now < moved + 30 * MINUTE:
        machine.later(timedelta(seconds=10))
        text(monitor)
        if machine.polls():
            asked.append((machine.clock.now - moved) / MINUTE)
    waits = [after - before for before, after in pairwise([0, *asked])]
    assert all(1 <= wait < 1.3 for wait in waits[:9])
    assert all(5 <= wait < 5.5 for wait in waits[10:])


def test_eight_hours_of_sleep_cost_one_poll(machine):
    """Not the missed ones."""
    monitor = machine.session()
    text(monitor)
    machine.later(timedelta(hours=8))
    text(monitor)
    text(monitor)
    assert machine.polls() == 2


@pytest.mark.parametrize("jump", [-DAY, DAY])
def test_a_clock_that_jumps_a_day_costs_one_poll(machine, jump):
    """Back or ahead; the shown figure is fresh by the new clock."""
    monitor = machine.session()
    text(monitor)
    machine.later(jump)
    assert "ago" not in text(monitor)
    text(monitor)
    assert machine.polls() == 2
    machine.later(5.25 * MINUTE)
    text(monitor)
    assert machine.polls() == 1


def test_a_clock_set_back_does_not_bend_the_rate(machine):
    """What was read while it was ahead is not part of the last hour."""
    monitor = machine.session()
    for ahead in (DAY, -DAY):
        machine.later(ahead)
        for _ in range(8):
            machine.later(5.25 * MINUTE)
            machine.sim.account.spend(1, key="laptop")
            text(monitor)
    assert monitor.status().accounts[0].burn_per_hour == pytest.approx(Decimal("11.43"), rel=Decimal("0.1"))


def test_failures_are_shared_and_double_the_wait(machine):
    """Up to half an hour; nobody asks in between."""
    machine.sim.fault("*", Fault(status=500))
    sessions = [machine.session(adaptive=False), machine.session(adaptive=False)]
    asked, start = [], machine.clock.now
    while machine.clock.now < start + 150 * MINUTE:
        for session in sessions:
            text(session)
        if machine.polls():
            asked.append((machine.clock.now - start) / MINUTE)
        machine.later(timedelta(seconds=15))
    waits = [after - before for before, after in pairwise(asked)]
    assert [
        round(wait / 1.05) in (low, low + 1, low - 1)
        for wait, low in zip(waits, (10, 20, 30, 30), strict=False)
    ]
    assert len(asked) == 6


def test_one_part_answering_is_no_failure(machine):
    """`/credits` may fail for hours; the key's figures stay fresh at the usual pace."""
    monitor = machine.session(adaptive=False)
    text(monitor)
    machine.sim.fault("/credits", Fault(status=503))
    machine.later(5.25 * MINUTE)
    assert text(monitor).endswith("(5m ago)")
    machine.later(5.25 * MINUTE)
    text(monitor)
    assert machine.polls() == 3


def test_a_rejected_key_is_asked_again_only_by_hand_or_when_it_changes(machine):
    """401 stops polling."""
    monitor = machine.session()
    machine.sim.fault("*", Fault(status=401))
    assert text(monitor) == "OpenRouter: Error (invalid key)"
    machine.later(DAY)
    text(monitor)
    assert machine.polls() == 1
    machine.sim.clear()
    monitor.refresh()
    assert monitor.status().state == "balance"
    machine.sim.fault("*", Fault(status=401))
    machine.later(DAY)
    text(monitor)
    machine.sim.clear()
    machine.keys["default"] = Keys(ordinary=Key(machine.sim.keys[1], "ordinary", "environment", "test"))
    monitor.find_keys()
    assert "invalid" not in text(monitor)


def test_retry_after_holds_back_even_a_manual_refresh(machine):
    """It says until when; afterwards the refresh goes through."""
    monitor = machine.session()
    machine.sim.fault("*", Fault(status=429, headers={"Retry-After": "600"}), times=2)
    text(monitor)
    machine.later(9 * MINUTE)
    (refused,) = monitor.refresh()
    assert "until" in str(refused)
    assert machine.polls() == 1
    machine.later(MINUTE)
    assert monitor.refresh() == []
    assert machine.polls() == 1


def test_a_manual_refresh_ignores_interval_and_back_off(machine):
    """Within five seconds of the last one on this machine it gives that one's answer."""
    first, second = machine.session(), machine.session()
    text(first)
    machine.sim.fault("*", Fault(status=500), times=2)
    first.refresh()
    machine.later(timedelta(seconds=6))
    second.refresh()
    assert machine.polls() == 3
    machine.later(timedelta(seconds=4))
    first.refresh()
    assert machine.polls() == 0


def test_a_key_without_permission_asks_for_credits_once_a_day(tmp_path):
    """Again on a manual refresh, and when a management key comes."""
    clock = Clock()
    with Simulator("ordinary-403", clock=clock.unix) as simulator:
        machine = Machine(simulator, clock, tmp_path)
        monitor = machine.session()
        assert text(monitor).startswith("OpenRouter: PAYG")
        machine.later(6 * MINUTE)
        text(monitor)
        assert (simulator.count("/key"), simulator.count("/credits")) == (2, 1)
        monitor.refresh()
        assert simulator.count("/credits") == 2
        machine.later(DAY)
        text(monitor)
        assert simulator.count("/credits") == 3
        both = replace(
            machine.keys["default"], management=Key(simulator.management_key, "management", "environment", "")
        )
        machine.keys["default"] = both
        monitor.find_keys()
        machine.later(6 * MINUTE)
        assert "$" in text(monitor)
        assert monitor.status().state == "balance"
        assert simulator.count("/credits") == 4
        for each in machine.opened:
            each.close()


def test_without_a_key_the_newest_reading_is_shown(machine):
    """And with nothing stored, that there is no key."""
    missing = ReadingFault("no_key", "no key", "No API key was found.", "")
    own = machine.keys["default"]
    machine.keys["default"] = Keys(fault=missing)
    keyless = machine.session()
    assert text(keyless) == "OpenRouter: Set API key"
    machine.keys["default"] = own
    with_key = text(machine.session())
    assert text(keyless) == with_key


def test_a_session_with_another_key_sees_only_its_own(machine):
    """Nothing of somebody else's account, not even for a moment."""
    text(machine.session())
    machine.keys["default"] = Keys(ordinary=Key("sk-or-v1-" + "f" * 64, "ordinary", "environment", "test"))
    assert text(machine.session()) == "OpenRouter: Error (invalid key)"


def test_status_json_is_for_everybody(machine):
    """Neither a session's own settings nor a handed-over key's reading gets into it."""
    monitor = machine.session()
    monitor.show(replace(monitor.config, settings=Settings(format="mine")))
    assert text(monitor) == "mine"
    from opencredits import status_file

    stored = status_file.read_line(machine.paths.status)
    assert stored.text.startswith("OpenRouter: $")
    assert stored.has_reading
    machine.keys["default"] = Keys(ordinary=Key(machine.sim.keys[1], "ordinary", "editor", "the editor"))
    machine.sim.account.top_up(1000)
    text(machine.session())
    assert status_file.read_line(machine.paths.status).text == stored.text
