"""Alerts in the shared file: raised once, claimed by one process, and never lost with it."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from opencredits.alerts import Finding
from opencredits.store import Store
from opencredits.store.lease import this_process
from readings import NOW

ADDRESS = "https://openrouter.ai/api/v1"
ACCOUNT = ("default", ADDRESS, "key")
OTHER_KEY = ("default", ADDRESS, "other key")
WORK = ("work", ADDRESS, "key")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def low(state="on"):
    """What a balance under `warn_below` is."""
    return Finding("low_balance", "", state, 1, "warn", "OpenRouter: $4.90 left", "Buy credits.")


def critical(state="on"):
    """What a balance under `critical_below` is."""
    return Finding("critical_balance", "", state, 2, "error", "OpenRouter: $0.90 left", "Buy credits.")


def runaway(state="on"):
    """An agent that loops."""
    return Finding("runaway", "", state, 1, "error", "OpenRouter: $40.00/hr", "Look at what runs.")


def limit(state="on"):
    """What the limit of one key is."""
    return Finding("key_limit", "warn", state, 1, "warn", "OpenRouter: 80 % of the key limit used", "")


def refused(state="on"):
    """A key that was refused."""
    return Finding("key_invalid", "", state, 1, "error", "OpenRouter: the key is no longer accepted", "")


def top_up(total="110"):
    """An event."""
    return Finding("top_up", total, "on", 1, "info", "OpenRouter: $10.00 bought", "", passing=True)


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
        assert titles(machine["a"].raise_new(ACCOUNT, [low()], NOW)) == [low().title]
        assert machine["b"].raise_new(ACCOUNT, [low()], NOW + HOUR) == []
        assert machine["b"].raise_new(ACCOUNT, [low("hold")], NOW + HOUR) == []
        assert machine["b"].raise_new(ACCOUNT, [low()], NOW + HOUR) == []
        assert machine["a"].raise_new(ACCOUNT, [low("off")], NOW + 2 * HOUR) == []
        assert machine["b"].newest(5)[0].ended_at == NOW + 2 * HOUR
        assert titles(machine["b"].raise_new(ACCOUNT, [low()], NOW + 3 * HOUR)) == [low().title]
        assert len(machine["a"].newest(5)) == 2

    def test_what_hovers_begins_nothing(self, machine):
        assert machine["a"].raise_new(ACCOUNT, [low("hold"), critical("off")], NOW) == []

    def test_accounts_do_not_know_of_each_other(self, machine):
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        assert titles(machine["a"].raise_new(WORK, [low()], NOW)) == [low().title]

    def test_the_gravest_of_a_family_alone_is_offered(self, machine):
        """The other one counts as raised, so that it is not told when the graver one is over."""
        assert titles(machine["a"].raise_new(ACCOUNT, [low(), critical()], NOW)) == [critical().title]
        assert machine["a"].raise_new(ACCOUNT, [low(), critical("off")], NOW + HOUR) == []
        assert titles(machine["a"].claim(NOW + HOUR)) == []

    def test_a_graver_one_comes_after_a_lighter_one(self, machine):
        machine["a"].raise_new(ACCOUNT, [low(), critical("off")], NOW)
        found = machine["a"].raise_new(ACCOUNT, [low(), critical()], NOW + HOUR)
        assert titles(found) == [critical().title]

    def test_a_lighter_one_that_nobody_has_seen_is_not_told_beside_a_graver_one(self, machine):
        """As when both began while no editor was open, or while alerts were held back."""
        machine["a"].raise_new(ACCOUNT, [low(), critical("off"), runaway()], NOW)
        machine["a"].raise_new(ACCOUNT, [low(), critical(), runaway()], NOW + MINUTE)
        told = titles(machine["a"].claim(NOW + 2 * MINUTE))
        assert sorted(told) == sorted(titles([critical(), runaway()]))

    def test_families_are_offered_beside_each_other(self, machine):
        assert len(machine["a"].raise_new(ACCOUNT, [low(), runaway()], NOW)) == 2

    def test_after_a_long_gap_the_gravest_of_all_alone_is_offered(self, machine):
        """Whatever lasts already."""
        machine["a"].raise_new(ACCOUNT, [runaway()], NOW)
        found = [low(), critical("off"), runaway(), top_up()]
        assert titles(machine["a"].raise_new(ACCOUNT, found, NOW + HOUR, alone=True)) == [low().title]

    def test_an_event_is_told_for_an_hour_and_again_when_it_happens_again(self, machine):
        assert len(machine["a"].raise_new(ACCOUNT, [top_up()], NOW)) == 1
        assert len(machine["a"].raise_new(ACCOUNT, [top_up("120")], NOW + SECOND)) == 1
        assert len(machine["a"].claim(NOW + HOUR + SECOND / 2)) == 1


class TestTwoKeys:
    """Of one account, each polled by an editor of its own; one may know more than the other."""

    def test_a_crossing_is_raised_once(self, machine):
        assert machine["a"].raise_new(ACCOUNT, [low()], NOW)
        assert machine["b"].raise_new(OTHER_KEY, [low()], NOW + SECOND) == []

    def test_what_one_found_is_not_over_by_the_word_of_the_other(self, machine):
        """Else it would be told anew after each poll."""
        for turn in range(4):
            now = NOW + turn * HOUR / 2
            assert len(machine["a"].raise_new(ACCOUNT, [low()], now)) == (turn == 0)
            assert machine["b"].raise_new(OTHER_KEY, [low("off")], now) == []
        assert machine["a"].newest(1)[0].ended_at is None

    def test_what_one_found_is_over_by_the_other_when_it_is_polled_no_more(self, machine):
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        machine["b"].raise_new(OTHER_KEY, [low("off")], NOW + HOUR)
        assert machine["a"].newest(1)[0].ended_at == NOW + HOUR

    def test_each_has_a_limit_of_its_own(self, machine):
        machine["a"].raise_new(ACCOUNT, [limit()], NOW)
        assert machine["b"].raise_new(OTHER_KEY, [limit("off")], NOW + 2 * HOUR) == []
        assert machine["a"].raise_new(ACCOUNT, [limit()], NOW + 3 * HOUR) == []
        assert len(machine["b"].raise_new(OTHER_KEY, [limit()], NOW + 3 * HOUR)) == 1

    def test_an_event_is_told_once(self, machine):
        machine["a"].raise_new(ACCOUNT, [top_up()], NOW)
        assert machine["b"].raise_new(OTHER_KEY, [top_up()], NOW + 2 * HOUR) == []

    def test_a_refusal_is_over_when_another_key_is_accepted(self, machine):
        machine["a"].raise_new(ACCOUNT, [refused()], NOW)
        machine["b"].raise_new(OTHER_KEY, [refused("off")], NOW + SECOND)
        assert machine["a"].newest(1)[0].ended_at == NOW + SECOND

    def test_what_is_so_with_a_new_key_as_well_is_not_told_again(self, machine):
        """What only the old one had is over."""
        machine["a"].raise_new(ACCOUNT, [low(), limit()], NOW)
        machine.processes["a"].forget("default", ADDRESS)
        assert machine["a"].raise_new(OTHER_KEY, [low(), limit("off")], NOW + SECOND) == []
        over = {alert.kind: alert.ended_at is not None for alert in machine["a"].newest(9)}
        assert over == {"low_balance": False, "key_limit": True}

    def test_what_nobody_judges_any_more_is_over_after_a_week(self, machine):
        """Such as that of an account that was removed."""
        machine["a"].raise_new(WORK, [low()], NOW)
        machine["a"].raise_new(ACCOUNT, [], NOW + 8 * 24 * HOUR)
        assert machine["a"].newest(1)[0].ended_at is not None


class TestClaiming:
    """Who shows it."""

    def test_one_process_gets_it_and_no_other(self, machine):
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        assert titles(machine["b"].claim(NOW)) == [low().title]
        assert machine["a"].claim(NOW + 9 * MINUTE) == machine["b"].claim(NOW + 9 * MINUTE) == []

    def test_it_is_not_lost_with_a_machine_that_has_gone_down(self, machine):
        """Nobody can tell whether the process that has claimed it still lives, so it has ten minutes."""
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        assert machine["b"].claim(NOW)
        assert titles(machine["a"].claim(NOW + 10 * MINUTE)) == [low().title]

    def test_a_process_that_lives_keeps_it(self, machine):
        """Its editor shows it when the person comes back."""
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        with closing(Store(machine.path)) as here:
            assert here.alerts.claim(NOW)
            assert machine["a"].claim(NOW + HOUR / 2) == []

    def test_what_was_found_long_ago_is_not_told(self, machine):
        """Before it is found again, and as it is then."""
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        later = NOW + 30 * 24 * HOUR
        assert machine["a"].claim(later) == []
        machine["a"].raise_new(ACCOUNT, [replace(low(), title="OpenRouter: $4.10 left")], later)
        assert titles(machine["a"].claim(later)) == ["OpenRouter: $4.10 left"]

    def test_a_refused_key_is_told_whenever_somebody_comes(self, machine):
        """Nobody asks with it again."""
        machine["a"].raise_new(ACCOUNT, [refused()], NOW)
        assert titles(machine["a"].claim(NOW + 24 * HOUR)) == [refused().title]

    def test_the_process_that_the_person_is_with_gets_it(self, machine):
        """The others wait five seconds."""
        machine["a"].focused(NOW - 3 * SECOND)
        machine["b"].focused(NOW - 2 * SECOND)
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        assert machine["a"].claim(NOW + 4 * SECOND) == machine["c"].claim(NOW + 4 * SECOND) == []
        assert titles(machine["b"].claim(NOW + 4 * SECOND)) == [low().title]

    def test_after_five_seconds_any_gets_it(self, machine):
        machine["b"].focused(NOW)
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        assert titles(machine["a"].claim(NOW + 5 * SECOND)) == [low().title]

    def test_focus_of_a_dead_process_counts_for_nothing(self, machine):
        machine["a"].focused(NOW - HOUR)
        machine["b"].focused(NOW)
        kill(machine, "b")
        machine["c"].raise_new(ACCOUNT, [low()], NOW)
        assert machine["c"].claim(NOW) == []
        assert titles(machine["a"].claim(NOW)) == [low().title]

    def test_focus_that_lies_ahead_counts_for_nothing_once_the_person_is_elsewhere(self, machine):
        """The clock was set back."""
        machine["a"].focused(NOW + 24 * HOUR)
        machine["b"].focused(NOW)
        machine["c"].raise_new(ACCOUNT, [low()], NOW)
        assert machine["a"].claim(NOW) == []
        assert titles(machine["b"].claim(NOW)) == [low().title]

    def test_one_who_stays_writes_nothing_more(self, machine):
        """All others look anew at what is written."""
        machine["a"].focused(NOW)
        machine["b"].focused(NOW + SECOND)
        version = machine.processes["a"].version()
        machine["b"].focused(NOW + MINUTE)
        assert machine.processes["a"].version() == version

    def test_focus_of_past_weeks_is_forgotten(self, machine):
        machine["a"].focused(NOW - 8 * 24 * HOUR)
        machine["b"].focused(NOW)
        rows = machine.processes["b"].run(lambda db: db.execute("SELECT holder FROM focus").fetchall())
        assert [row[0] for row in rows] == [machine.processes["b"].holder]

    def test_what_a_dead_process_has_not_shown_is_offered_again(self, machine):
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        assert machine["b"].claim(NOW)
        kill(machine, "b", claims=True)
        assert titles(machine["a"].claim(NOW)) == [low().title]

    def test_what_a_dead_process_has_shown_is_not(self, machine):
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        machine["b"].shown(machine["b"].claim(NOW)[0].id, NOW)
        kill(machine, "b", claims=True)
        assert machine["a"].claim(NOW + HOUR / 2) == []

    def test_what_is_let_go_is_offered_again(self, machine):
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        machine["b"].claim(NOW)
        machine["b"].let_go()
        assert titles(machine["a"].claim(NOW)) == [low().title]

    def test_what_is_over_is_not_offered(self, machine):
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        machine["a"].raise_new(ACCOUNT, [low("off")], NOW + SECOND)
        assert machine["a"].claim(NOW + 2 * SECOND) == []
        assert machine["a"].next_offer(NOW + 2 * SECOND) is None

    def test_it_is_known_from_when_on_there_is_something_to_claim(self, machine):
        assert machine["a"].next_offer(NOW) is None
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        assert machine["b"].next_offer(NOW) == NOW
        machine["b"].claim(NOW)
        assert machine["b"].next_offer(NOW) is None, "it is its own to show"
        assert machine["a"].next_offer(NOW) == NOW, "the other one may die"


class TestSnoozing:
    def test_what_begins_meanwhile_is_offered_afterwards(self, machine):
        machine["a"].snooze("default", "low_balance", NOW + HOUR)
        assert machine["a"].raise_new(ACCOUNT, [low()], NOW) == []
        assert machine["a"].claim(NOW + HOUR - SECOND) == []
        machine["a"].raise_new(ACCOUNT, [low()], NOW + HOUR - SECOND)
        assert titles(machine["a"].claim(NOW + HOUR)) == [low().title]

    def test_a_shorter_one_does_not_cut_a_longer_one(self, machine):
        """Of all kinds, while one kind is held back until the evening."""
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        machine["a"].snooze("default", "low_balance", NOW + 8 * HOUR)
        machine["a"].snooze(None, None, NOW + HOUR)
        assert machine["a"].newest(1)[0].offer_at == NOW + 8 * HOUR

    def test_the_same_one_again_replaces_it(self, machine):
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        machine["a"].snooze("default", "low_balance", NOW + 8 * HOUR)
        machine["a"].snooze("default", "low_balance", NOW + HOUR)
        assert machine["a"].newest(1)[0].offer_at == NOW + HOUR

    def test_word_of_having_shown_it_that_comes_late_does_not_count(self, machine):
        """Editors send it beside the snooze, and either may be first."""
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
        (alert,) = machine["a"].claim(NOW)
        machine["a"].snooze("default", "low_balance", NOW + HOUR)
        machine["a"].shown(alert.id, NOW)
        assert machine["a"].newest(1)[0].shown_at is None

    def test_what_was_shown_is_offered_again_where_it_still_holds(self, machine):
        machine["a"].raise_new(ACCOUNT, [low(), runaway()], NOW)
        for alert in machine["a"].claim(NOW):
            machine["a"].shown(alert.id, NOW)
        machine["a"].raise_new(ACCOUNT, [runaway("off")], NOW)
        machine["a"].snooze(None, None, NOW + HOUR)
        assert machine["b"].claim(NOW + SECOND) == []
        machine["a"].raise_new(ACCOUNT, [low()], NOW + MINUTE)
        assert titles(machine["b"].claim(NOW + HOUR)) == [low().title]

    def test_other_kinds_and_accounts_are_not_held_back(self, machine):
        machine["a"].snooze("default", "low_balance", NOW + HOUR)
        assert titles(machine["a"].raise_new(ACCOUNT, [runaway()], NOW)) == [runaway().title]
        assert titles(machine["a"].raise_new(WORK, [low()], NOW)) == [low().title]

    def test_a_snooze_is_listed_until_it_is_over(self, machine):
        machine["a"].snooze("default", None, NOW + HOUR)
        (snooze,) = machine["b"].snoozes(NOW)
        assert (snooze.account, snooze.kind, snooze.until) == ("default", None, NOW + HOUR)
        assert machine["b"].snoozes(NOW + HOUR) == []

    def test_it_can_be_taken_back(self, machine):
        machine["a"].snooze(None, None, NOW + HOUR)
        machine["a"].raise_new(ACCOUNT, [low()], NOW)
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
