"""Alerts in the shared file: raised once, claimed by one process, and never lost with it."""

from contextlib import closing
from datetime import timedelta

import pytest

from opencredits.alerts import Finding
from opencredits.store import Store
from opencredits.store.lease import this_process
from readings import NOW

ACCOUNT = ("default", "https://openrouter.ai/api/v1")
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def low(state="on"):
    """What a balance under `warn_below` is."""
    return Finding("low_balance", "", state, 1, "warn", "OpenRouter: $4.90 left", "Buy credits.")


def critical(state="on"):
    """What a balance under `critical_below` is."""
    return Finding("critical_balance", "", state, 2, "error", "OpenRouter: $0.90 left", "Buy credits.")


def runaway(state="on"):
    """An agent that loops."""
    return Finding("runaway", "", state, 1, "error", "OpenRouter: $40.00/hr", "Look at what runs.")


def top_up():
    """An event."""
    return Finding("top_up", "", "on", 1, "info", "OpenRouter: $10.00 bought", "", passing=True)


class Machine:
    """One shared file, and the processes that have it open, by name."""

    def __init__(self, path):
        self.path = path
        self.processes = {}

    def __getitem__(self, name):
        if name not in self.processes:
            store = self.processes[name] = Store(self.path)
            store.holder = store.alerts._me = f"elsewhere:{name}:1"  # of another machine: taken for alive
        return self.processes[name].alerts

    def close(self):
        for store in self.processes.values():
            store.close()


@pytest.fixture
def machine(tmp_path):
    """See Machine."""
    with closing(Machine(str(tmp_path / "state" / "opencredits.db"))) as machine:
        yield machine


def titles(alerts):
    """What they say."""
    return [alert.title for alert in alerts]


class TestRaising:
    def test_a_crossing_is_raised_once_until_it_is_over(self, machine):
        """By whichever process polls."""
        assert titles(machine["a"].raise_new(*ACCOUNT, [low()], NOW)) == [low().title]
        assert machine["b"].raise_new(*ACCOUNT, [low()], NOW + HOUR) == []
        assert machine["b"].raise_new(*ACCOUNT, [low("hold")], NOW + HOUR) == []
        assert machine["b"].raise_new(*ACCOUNT, [low()], NOW + HOUR) == []
        assert machine["a"].raise_new(*ACCOUNT, [low("off")], NOW + 2 * HOUR) == []
        assert machine["b"].newest(5)[0].ended_at == NOW + 2 * HOUR
        assert titles(machine["b"].raise_new(*ACCOUNT, [low()], NOW + 3 * HOUR)) == [low().title]
        assert len(machine["a"].newest(5)) == 2

    def test_what_hovers_begins_nothing(self, machine):
        assert machine["a"].raise_new(*ACCOUNT, [low("hold"), critical("off")], NOW) == []

    def test_accounts_do_not_know_of_each_other(self, machine):
        machine["a"].raise_new(*ACCOUNT, [low()], NOW)
        assert titles(machine["a"].raise_new("work", ACCOUNT[1], [low()], NOW)) == [low().title]

    def test_the_gravest_of_a_family_alone_is_offered(self, machine):
        """The other one counts as raised, so that it is not told when the graver one is over."""
        assert titles(machine["a"].raise_new(*ACCOUNT, [low(), critical()], NOW)) == [critical().title]
        assert machine["a"].raise_new(*ACCOUNT, [low(), critical("off")], NOW + HOUR) == []
        assert titles(machine["a"].claim(NOW + HOUR)) == []

    def test_a_graver_one_comes_after_a_lighter_one(self, machine):
        machine["a"].raise_new(*ACCOUNT, [low(), critical("off")], NOW)
        found = machine["a"].raise_new(*ACCOUNT, [low(), critical()], NOW + HOUR)
        assert titles(found) == [critical().title]

    def test_families_are_offered_beside_each_other(self, machine):
        assert len(machine["a"].raise_new(*ACCOUNT, [low(), runaway()], NOW)) == 2

    def test_after_a_long_gap_the_gravest_of_all_alone_is_offered(self, machine):
        """Whatever lasts already."""
        machine["a"].raise_new(*ACCOUNT, [runaway()], NOW)
        found = [low(), critical("off"), runaway(), top_up()]
        assert titles(machine["a"].raise_new(*ACCOUNT, found, NOW + HOUR, alone=True)) == [low().title]

    def test_an_event_is_told_for_an_hour_and_again_when_it_happens_again(self, machine):
        assert len(machine["a"].raise_new(*ACCOUNT, [top_up()], NOW)) == 1
        assert len(machine["a"].raise_new(*ACCOUNT, [top_up()], NOW + SECOND)) == 1
        assert len(machine["a"].claim(NOW + HOUR + SECOND / 2)) == 1


class TestClaiming:
    """Who shows it."""

    def test_one_process_gets_it_and_no_other(self, machine):
        machine["a"].raise_new(*ACCOUNT, [low()], NOW)
        assert titles(machine["b"].claim(NOW)) == [low().title]
        assert machine["a"].claim(NOW + HOUR) == machine["b"].claim(NOW + HOUR) == []

    def test_the_process_that_the_person_is_with_gets_it(self, machine):
        """The others wait five seconds."""
        machine["a"].focused(NOW - 3 * SECOND)
        machine["b"].focused(NOW - 2 * SECOND)
        machine["a"].raise_new(*ACCOUNT, [low()], NOW)
        assert machine["a"].claim(NOW + 4 * SECOND) == machine["c"].claim(NOW + 4 * SECOND) == []
        assert titles(machine["b"].claim(NOW + 4 * SECOND)) == [low().title]

    def test_after_five_seconds_any_gets_it(self, machine):
        machine["b"].focused(NOW)
        machine["a"].raise_new(*ACCOUNT, [low()], NOW)
        assert titles(machine["a"].claim(NOW + 5 * SECOND)) == [low().title]

    def test_focus_of_a_dead_process_counts_for_nothing(self, machine):
        machine["a"].focused(NOW - HOUR)
        machine["b"].focused(NOW)
        kill(machine, "b")
        machine["c"].raise_new(*ACCOUNT, [low()], NOW)
        assert machine["c"].claim(NOW) == []
        assert titles(machine["a"].claim(NOW)) == [low().title]

    def test_what_a_dead_process_has_not_shown_is_offered_again(self, machine):
        machine["a"].raise_new(*ACCOUNT, [low()], NOW)
        assert machine["b"].claim(NOW)
        kill(machine, "b", claims=True)
        assert titles(machine["a"].claim(NOW)) == [low().title]

    def test_what_a_dead_process_has_shown_is_not(self, machine):
        machine["a"].raise_new(*ACCOUNT, [low()], NOW)
        machine["b"].shown(machine["b"].claim(NOW)[0].id, NOW)
        kill(machine, "b", claims=True)
        assert machine["a"].claim(NOW + HOUR) == []

    def test_what_is_let_go_is_offered_again(self, machine):
        machine["a"].raise_new(*ACCOUNT, [low()], NOW)
        machine["b"].claim(NOW)
        machine["b"].let_go()
        assert titles(machine["a"].claim(NOW)) == [low().title]

    def test_what_is_over_is_not_offered(self, machine):
        machine["a"].raise_new(*ACCOUNT, [low()], NOW)
        machine["a"].raise_new(*ACCOUNT, [low("off")], NOW + SECOND)
        assert machine["a"].claim(NOW + 2 * SECOND) == []
        assert machine["a"].next_offer(NOW + 2 * SECOND) is None

    def test_it_is_known_from_when_on_there_is_something_to_claim(self, machine):
        assert machine["a"].next_offer(NOW) is None
        machine["a"].raise_new(*ACCOUNT, [low()], NOW)
        assert machine["b"].next_offer(NOW) == NOW
        machine["b"].claim(NOW)
        assert machine["b"].next_offer(NOW) is None, "it is its own to show"
        assert machine["a"].next_offer(NOW) == NOW, "the other one may die"


class TestSnoozing:
    def test_what_begins_meanwhile_is_offered_afterwards(self, machine):
        machine["a"].snooze("default", "low_balance", NOW + HOUR)
        assert machine["a"].raise_new(*ACCOUNT, [low()], NOW) == []
        assert machine["a"].claim(NOW + HOUR - SECOND) == []
        assert titles(machine["a"].claim(NOW + HOUR)) == [low().title]

    def test_what_was_shown_is_offered_again_where_it_still_holds(self, machine):
        machine["a"].raise_new(*ACCOUNT, [low(), runaway()], NOW)
        for alert in machine["a"].claim(NOW):
            machine["a"].shown(alert.id, NOW)
        machine["a"].raise_new(*ACCOUNT, [runaway("off")], NOW)
        machine["a"].snooze(None, None, NOW + HOUR)
        assert machine["b"].claim(NOW + SECOND) == []
        assert titles(machine["b"].claim(NOW + HOUR)) == [low().title]

    def test_other_kinds_and_accounts_are_not_held_back(self, machine):
        machine["a"].snooze("default", "low_balance", NOW + HOUR)
        assert titles(machine["a"].raise_new(*ACCOUNT, [runaway()], NOW)) == [runaway().title]
        assert titles(machine["a"].raise_new("work", ACCOUNT[1], [low()], NOW)) == [low().title]

    def test_a_snooze_is_listed_until_it_is_over(self, machine):
        machine["a"].snooze("default", None, NOW + HOUR)
        (snooze,) = machine["b"].snoozes(NOW)
        assert (snooze.account, snooze.kind, snooze.until) == ("default", None, NOW + HOUR)
        assert machine["b"].snoozes(NOW + HOUR) == []

    def test_it_can_be_taken_back(self, machine):
        machine["a"].snooze(None, None, NOW + HOUR)
        machine["a"].raise_new(*ACCOUNT, [low()], NOW)
        machine["b"].unsnooze(NOW + SECOND)
        assert machine["a"].snoozes(NOW) == []
        assert titles(machine["a"].claim(NOW + SECOND)) == [low().title]


def kill(machine, name, *, claims=False):
    """Let a process be gone."""
    store = machine.processes.pop(name)
    holder, here = store.holder, this_process().rpartition(":")[0].rpartition(":")[0]
    dead = f"{here}:4194305:1"  # no pid is that high
    store.run(lambda db: db.execute("UPDATE focus SET holder = ? WHERE holder = ?", (dead, holder)))
    if claims:
        store.run(
            lambda db: db.execute("UPDATE alerts SET claimed_by = ? WHERE claimed_by = ?", (dead, holder))
        )
    store.close()
