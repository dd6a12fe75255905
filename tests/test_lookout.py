"""What follows from a poll for everybody: alerts, what is learned, and a program that is started."""

import json
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from opencredits import keys
from opencredits.config import AccountSettings, Config, Settings
from opencredits.config.alert_settings import AlertSettings
from opencredits.demo import OneKey
from opencredits.log import Log
from opencredits.monitor import Monitor
from opencredits.monitor.learned import learned
from opencredits.simulator import Fault, Simulator
from opencredits.simulator.key import Key
from opencredits.store import Store
from opencredits.zone import LOCAL
from waiting import wait_for

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Watched:
    """An account with $25 that nobody spends from by itself, a clock, and a monitor that watches."""

    def __init__(self, sim, clock, store):
        self.sim, self.clock, self.store = sim, clock, store
        account = AccountSettings("default", base_url=sim.base_url)
        self.config = Config(Settings(), {"default": account})
        self.monitor = Monitor(self.config, store, OneKey(sim.key), None, clock=lambda: clock[0])
        self.monitor.poll_if_due()

    def configure(self, **alerts):
        """Options about alerts."""
        self.monitor.reconfigure(replace(self.config, alerts=AlertSettings(**alerts)), OneKey(self.sim.key))

    def go_on(self, span, per_hour="0", every=timedelta(seconds=65)):
        """Let time pass, while so much is spent, and poll when it is due; by more than a minute's jitter."""
        until = self.clock[0] + span
        while self.clock[0] < until:
            self.clock[0] += every
            self.sim.account.spend(Decimal(per_hour) * Decimal(every / HOUR))
            self.monitor.poll_if_due()

    def spend(self, amount):
        """At once, and ask a minute later."""
        self.sim.account.spend(Decimal(amount))
        self.clock[0] += MINUTE
        assert self.monitor.refresh() == []

    def find(self, account):
        """Its keys, with one that reads the balance whatever becomes of the other one."""
        both = {"ordinary": self.sim.key, "management": self.sim.management_key}
        return keys.Keys(*(keys.Key(secret, kind, "environment", "") for kind, secret in both.items()))

    def raised(self):
        """The kinds of the alerts so far, oldest first."""
        return [alert.kind for alert in reversed(self.store.alerts.newest(99))]

    def offered(self):
        """The same without those that something graver has said."""
        return [each.kind for each in reversed(self.store.alerts.newest(99)) if each.offer_at is not None]


def fetched_readings(store):
    """A list that grows by each stored reading that is fetched from here on."""
    fetched = []

    def row(cursor, values):
        found = sqlite3.Row(cursor, values)
        if "total_usage" in found.keys():  # noqa: SIM118  # a row has no other way to tell
            fetched.append(found)
        return found

    store.run(lambda db: setattr(db, "row_factory", row))
    return fetched


@pytest.fixture
def watched():
    """See Watched; it is noon here."""
    clock = [datetime(2026, 11, 20, 12, 0, tzinfo=LOCAL).astimezone(UTC)]

    def unix():
        return clock[0].timestamp()

    with Simulator("idle", clock=unix) as sim, closing(Store(None)) as store:
        yield Watched(sim, clock, store)


def test_an_agent_that_loops_is_found_while_its_account_is_new(watched):
    """Within two polls, and once."""
    watched.go_on(24 * MINUTE, "2.40")
    assert watched.raised() == []
    watched.go_on(2 * MINUTE, "58")
    assert watched.raised() == ["runaway"]
    watched.go_on(4 * MINUTE, "58")
    assert watched.raised().count("runaway") == 1


def test_polls_within_seconds_are_no_runaway(watched):
    """A request of a dollar between two of them would be a fortune an hour."""
    for _ in range(8):
        watched.clock[0] += timedelta(seconds=6)
        watched.sim.account.spend(Decimal(1))
        assert watched.monitor.refresh() == []
    assert watched.raised() == []


def test_a_balance_that_hovers_is_told_once(watched):
    watched.spend("20.05")
    for _ in range(5):
        watched.sim.account.top_up(Decimal("0.30"))
        watched.go_on(6 * MINUTE, "3.20", every=6 * MINUTE)
    assert watched.raised().count("low_balance") == 1
    assert watched.raised().count("top_up") == 5


def test_after_a_long_time_one_thing_is_told(watched):
    """However much has happened."""
    watched.clock[0] += 9 * HOUR
    watched.sim.account.spend(Decimal("24.50"))
    watched.monitor.poll_if_due()
    assert {"low_balance", "critical_balance"} <= set(watched.raised())
    assert watched.offered() == ["critical_balance"]


def test_a_failed_poll_ends_and_begins_nothing(watched):
    watched.spend("20.50")
    assert watched.raised() == ["low_balance"]
    watched.sim.account.spend(Decimal(4))
    watched.sim.fault("*", Fault(status=503))
    watched.go_on(30 * MINUTE)
    assert watched.raised() == ["low_balance"]
    assert watched.store.alerts.newest(1)[0].ended_at is None


@pytest.mark.parametrize(("path", "status"), [("*", 503), ("/key", 401)])
def test_when_nobody_counts_how_fast_it_goes_it_is_not_over(watched, path, status):
    """Also where the balance is still read, by a management key beside one that is refused.

    What was counted before ends with ten quiet minutes, and fades: nothing spent is not what it says.
    """
    watched.monitor.reconfigure(watched.config, watched)
    watched.monitor.find_keys()
    watched.go_on(40 * MINUTE, "24")
    watched.go_on(10 * MINUTE)
    watched.sim.fault(path, Fault(status=status))
    for _ in range(3):
        watched.clock[0] += 55 * MINUTE
        assert watched.monitor.refresh() == []
    (warned,) = (each for each in watched.store.alerts.newest(99) if each.kind == "time_to_empty")
    assert warned.ended_at is None


def test_a_balance_beside_a_refused_key_is_told_without_a_rate(watched):
    """It is read by a management key; the rate is that of a time that is over, and nobody sees it."""
    watched.monitor.reconfigure(watched.config, watched)
    watched.monitor.find_keys()
    watched.go_on(30 * MINUTE, "2.40")
    watched.sim.fault("/key", Fault(status=401))
    watched.spend("20")
    assert watched.raised() == ["low_balance", "key_invalid"]
    assert watched.store.alerts.newest(2)[1].message == (
        "That is less than $5.00. Buy credits, or stop what is spending."
    )


def test_a_poll_reads_two_hours_of_a_day(watched):
    """It is judged after each one, in an editor that is open all day."""
    watched.go_on(7.5 * HOUR, "0.10", every=6 * MINUTE)
    series = watched.monitor.record(watched.config.account("default")).series_id
    learned_before = watched.store.learned(series)
    fetched = fetched_readings(watched.store)
    watched.go_on(6 * MINUTE, every=6 * MINUTE)
    assert 20 <= len(fetched) <= 22
    assert watched.store.learned(series) == learned_before, "what is learned takes all of them"


def test_a_poll_that_failed_reads_nothing_of_them(watched):
    """It has counted nothing that they could be compared to."""
    watched.sim.fault("*", Fault(status=503))
    fetched = fetched_readings(watched.store)
    watched.go_on(6 * MINUTE, every=6 * MINUTE)
    assert watched.monitor.record(watched.config.account("default")).polled.failures == 1
    assert fetched == []


def test_own_budgets_count_from_midnight_here(watched):
    """What was spent before it, and what nobody read, is not today's."""
    watched.configure(budget_daily=Decimal(2))
    watched.go_on(11 * HOUR, "0.20", every=15 * MINUTE)
    assert "budget" in watched.raised()
    before = watched.raised().count("budget")
    watched.go_on(8 * HOUR, "0.10", every=15 * MINUTE)
    assert watched.raised().count("budget") == before
    assert watched.store.alerts.newest(99)[-1].ended_at is not None, "the new day has ended it"


def test_what_is_learned_is_kept(watched):
    """By each counter that is gone by, and not anew at each poll."""
    watched.go_on(3 * HOUR, "3")
    series = watched.monitor.record(watched.config.account("default")).series_id
    assert learned(watched.store, series)["total_usage"].pace.usual == pytest.approx(3, rel=0.1)
    _, at = watched.store.learned(series)
    watched.go_on(4 * MINUTE, "3")
    assert watched.store.learned(series)[1] == at


def test_what_cannot_be_read_is_learned_anew(watched):
    watched.go_on(HOUR, "3")
    series = watched.monitor.record(watched.config.account("default")).series_id
    watched.store.keep_learned(series, '{"total_usage": {"pace": 5}}', watched.clock[0])
    assert learned(watched.store, series) == {}
    watched.go_on(2 * MINUTE, "3")
    assert "total_usage" in learned(watched.store, series)


def test_two_keys_that_know_different_counters_do_not_tell_in_turns(watched):
    """One has a limit and may not read the account; the other one may, and has none."""
    limited = watched.sim.account.add_key(Key("limited", 0, limit=Decimal(1)))
    watched.configure(budget_daily=Decimal(10))
    other = Monitor(
        watched.monitor.shared_config, watched.store, OneKey(limited.secret), None,
        clock=lambda: watched.clock[0],
    )  # fmt: skip

    def poll_both():
        watched.clock[0] += timedelta(minutes=6)
        watched.monitor.poll_if_due()
        watched.sim.fault("/credits", Fault(status=403))
        other.poll_if_due()
        watched.sim.clear()

    poll_both()
    watched.sim.account.spend(Decimal("0.90"), key="limited")
    watched.sim.account.spend(Decimal("8.20"))
    for _ in range(5):
        poll_both()
    told = [(each.kind, each.step) for each in watched.store.alerts.newest(99)]
    assert told.count(("key_limit", "warn")) == told.count(("budget", "daily warn")) == 1


def test_two_keys_tell_of_credits_that_were_bought_once(watched):
    other = Monitor(
        watched.config, watched.store, OneKey(watched.sim.account.add_key(Key("other", 0)).secret), None,
        clock=lambda: watched.clock[0],
    )  # fmt: skip
    other.poll_if_due()
    watched.sim.account.top_up(Decimal(40))
    watched.clock[0] += timedelta(minutes=6)
    watched.monitor.poll_if_due()
    other.poll_if_due()
    assert watched.raised() == ["top_up"]


def test_a_fault_in_judging_leaves_the_poll_as_it_is(watched, tmp_path):
    """What was read is shown, and the log says what went wrong."""
    log = tmp_path / "log"
    monitor = Monitor(
        watched.config, watched.store, OneKey(watched.sim.key), None,
        clock=lambda: watched.clock[0], log=Log(str(log), "alerts"),
    )  # fmt: skip
    watched.store.run(lambda db: db.execute("ALTER TABLE alerts RENAME TO gone"))
    watched.sim.account.spend(Decimal("20.50"))
    watched.clock[0] += timedelta(minutes=6)
    monitor.poll_if_due()
    assert "$4.50" in monitor.status().text
    assert "no such table" in log.read_text()


def test_where_nothing_can_be_written_a_thing_is_told_once_all_the_same(tmp_path, monkeypatch):
    """However often the file is tried again."""
    monkeypatch.setattr("opencredits.store.database.RETRY_AFTER_TROUBLE", 0)
    (tmp_path / "file").touch()
    clock = [datetime(2026, 11, 20, 12, tzinfo=UTC)]

    def unix():
        return clock[0].timestamp()

    with (
        Simulator("idle", clock=unix) as sim,
        closing(Store(str(tmp_path / "file" / "opencredits.db"))) as store,
    ):
        watched = Watched(sim, clock, store)
        assert store.trouble is not None
        watched.spend("20.50")
        assert len(store.alerts.claim(clock[0])) == 1
        watched.go_on(30 * MINUTE)
        assert watched.raised().count("low_balance") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no limit to the size of a file")
def test_on_a_full_disk_a_thing_is_told_once_all_the_same(watched, tmp_path, monkeypatch):
    """The file can be opened there, again and again, and takes nothing."""
    import resource

    monkeypatch.setattr("opencredits.store.database.RETRY_AFTER_TROUBLE", 0)
    with closing(Store(str(tmp_path / "opencredits.db"))) as store:
        watched = Watched(watched.sim, watched.clock, store)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (32768, hard))
        try:
            watched.go_on(30 * MINUTE)
            watched.spend("20.50")
            first = [alert.kind for alert in store.alerts.claim(watched.clock[0])]
            watched.go_on(30 * MINUTE)
            again = [alert.kind for alert in store.alerts.claim(watched.clock[0])]
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert ("low_balance" in first, again) == (True, [])
        watched.go_on(30 * MINUTE)
        assert store.trouble is None


@pytest.mark.process
@pytest.mark.skipif(sys.platform == "win32", reason="the program is a script")
def test_a_program_is_started_for_each_alert(watched, tmp_path):
    told, program = tmp_path / "told", tmp_path / "tell"
    program.write_text(f"#!/bin/sh\ncat >>{told}\n")
    program.chmod(0o755)
    watched.configure(on_alert=(str(program),))
    watched.spend("20.50")
    wait_for(lambda: told.exists() and told.read_text().endswith("\n"), "the alert")
    assert json.loads(told.read_text())["kind"] == "low_balance"
