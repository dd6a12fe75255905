"""Alerts from the poll to the editor, through the installed bridge."""

import os
import signal
import sys
from decimal import Decimal

import pytest

from bridge_client import Refused
from bridge_home import home_beside
from opencredits.simulator import Simulator
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="clean homes are XDG's")
home = home_beside


@pytest.fixture
def sim():
    """An account of which nobody spends."""
    with Simulator("idle") as simulator:
        yield simulator


@pytest.fixture
def bridge(home):
    """It shows the balance, before a person's eyes."""
    return opened(home)


def opened(home):
    """A bridge of an editor that a person has opened."""
    bridge = home.bridge()
    bridge.wait_shown(lambda status: status["state"] == "balance")
    bridge.notify("focus", focused=True)
    return bridge


def leave(sim, balance):
    """Spend all but so much."""
    sim.account.spend(sim.account.balance - Decimal(balance))


def alerts(*bridges):
    """What these have told, in this order."""
    return [alert for bridge in bridges for alert in bridge.told("alert")]


def wait_for_alert(*bridges):
    """The first that one of them tells."""
    wait_for(lambda: alerts(*bridges), "no alert was told")
    return alerts(*bridges)[0]


def poll(home, bridge):
    """Ask now, whenever that was done last."""
    home.sql("UPDATE series SET manual_at = manual_at - 10, finished_at = finished_at - 10")
    return bridge.request("refresh")


def two(home):
    """Two editors; the person is in the first."""
    here, there = (home.bridge() for _ in range(2))
    for bridge in (here, there):
        bridge.wait_shown(lambda status: status["state"] == "balance")
    there.notify("focus", focused=True)
    wait_for(lambda: home.sql("SELECT * FROM focus"), "the focus")
    here.notify("focus", focused=True)
    wait_for(lambda: len(home.sql("SELECT * FROM focus")) == 2, "the focus")
    return here, there


def seconds_later(home, seconds=10):
    """As if this time had passed since alerts were raised."""
    home.sql("UPDATE alerts SET offer_at = offer_at - ?", seconds)


class TestOnce:
    def test_a_crossing_is_told_once(self, home, sim, bridge):
        """However often it is polled, and after a restart."""
        leave(sim, "4.90")
        poll(home, bridge)
        alert = wait_for_alert(bridge)
        assert (alert["kind"], alert["level"]) == ("low_balance", "warn")
        assert "$4.90" in alert["title"]
        bridge.notify("shown", id=alert["id"])
        poll(home, bridge)
        bridge.request("shutdown")
        again = opened(home)
        poll(home, again)
        leave(sim, "0.90")
        poll(home, again)
        assert wait_for_alert(again)["kind"] == "critical_balance"
        assert len(alerts(bridge, again)) == 2

    def test_a_key_that_is_refused_is_told(self, home, sim, bridge):
        sim.account.change_key(sim.account.key("laptop").hash, disabled=True)
        poll(home, bridge)
        assert wait_for_alert(bridge)["kind"] == "key_invalid"

    def test_what_is_switched_off_is_not_told(self, home, sim):
        home.configure(more="[alerts]\nlow_balance = 'off'\n")
        bridge = opened(home)
        leave(sim, "4.90")
        poll(home, bridge)
        leave(sim, "0.90")
        poll(home, bridge)
        assert wait_for_alert(bridge)["kind"] == "critical_balance"
        assert len(alerts(bridge)) == 1

    def test_what_is_snoozed_of_a_kind_that_is_switched_off_is_not_told(self, home, sim, bridge):
        """A refused key is not polled again, which would end it."""
        sim.account.change_key(sim.account.key("laptop").hash, disabled=True)
        poll(home, bridge)
        alert = wait_for_alert(bridge)
        bridge.request("act", subject=alert["id"], action="snooze_hour")
        home.configure(more="[alerts]\nkey_invalid = 'off'\n")
        wait_for(lambda: home.sql("SELECT * FROM alerts WHERE ended_at IS NOT NULL"), "its end")

    def test_what_is_open_of_an_account_that_is_disabled_is_over(self, home, sim, bridge):
        leave(sim, "4.90")
        poll(home, bridge)
        wait_for_alert(bridge)
        home.configure(more="enabled = false\n")
        wait_for(lambda: home.sql("SELECT * FROM alerts WHERE ended_at IS NOT NULL"), "its end")


class TestWhere:
    def test_the_editor_that_the_person_is_in_tells_it(self, home, sim):
        """Though another one polled."""
        here, there = two(home)
        leave(sim, "4.90")
        poll(home, there)
        alert = wait_for_alert(here, there)
        here.notify("shown", id=alert["id"])
        wait_for(lambda: home.sql("SELECT * FROM alerts WHERE shown_at IS NOT NULL"), "that it is shown")
        seconds_later(home)
        poll(home, there)
        assert (len(alerts(here)), alerts(there)) == (1, [])

    def test_one_that_is_killed_before_it_shows_leaves_it_to_another(self, home, sim):
        here, there = two(home)
        leave(sim, "4.90")
        poll(home, there)
        wait_for_alert(here)
        here.kill()
        seconds_later(home)
        wait_for_alert(there)
        assert (len(alerts(here)), len(alerts(there))) == (1, 1)

    def test_one_that_ends_before_it_shows_leaves_it_to_another(self, home, sim):
        """At once: its place is known to be free."""
        here, there = two(home)
        leave(sim, "4.90")
        poll(home, there)
        wait_for_alert(here)
        here.request("shutdown")
        wait_for_alert(there)

    def test_one_that_has_no_focus_tells_it_later(self, home, sim):
        """When the one with the focus hangs."""
        here, there = two(home)
        os.kill(here.pid, signal.SIGSTOP)
        leave(sim, "4.90")
        poll(home, there)
        assert alerts(there) == []
        seconds_later(home)
        wait_for_alert(there)
        os.kill(here.pid, signal.SIGCONT)

    def test_one_that_nobody_has_looked_at_is_not_told(self, home, sim):
        """It may have no screen; the next one that has is told."""
        unseen = home.bridge()
        unseen.wait_shown(lambda status: status["state"] == "balance")
        leave(sim, "4.90")
        poll(home, unseen)
        seconds_later(home)
        assert wait_for_alert(opened(home))
        assert alerts(unseen) == []


class TestActions:
    @pytest.fixture
    def alert(self, home, sim, bridge):
        """It is on the screen."""
        leave(sim, "4.90")
        poll(home, bridge)
        alert = wait_for_alert(bridge)
        bridge.notify("shown", id=alert["id"])
        return alert

    def act(self, bridge, alert, action):
        """As a person does who presses its button."""
        assert action in [each["id"] for each in alert["actions"]]
        return bridge.request("act", subject=alert["id"], action=action)

    def test_details_are_a_page(self, bridge, alert):
        page = self.act(bridge, alert, "details")["page"]
        assert page == bridge.request("details")

    def test_the_credits_page_is_opened_by_the_editor(self, bridge, alert):
        assert self.act(bridge, alert, "open")["url"] == "https://openrouter.ai/settings/credits"

    def test_refresh_asks(self, home, sim, bridge, alert):
        polls = sim.count("/key")
        home.sql("UPDATE series SET manual_at = manual_at - 10")
        assert "$4.90" in self.act(bridge, alert, "refresh")["status"]["text"]
        assert sim.count("/key") == polls + 1

    @pytest.mark.parametrize("action", ["snooze_hour", "snooze_tomorrow"])
    def test_a_snoozed_one_comes_back_where_it_still_holds(self, home, bridge, alert, action):
        assert "held back until" in self.act(bridge, alert, action)["message"]
        seconds_later(home, 2 * 86400)
        bridge.wait(lambda: len(alerts(bridge)) == 2, "the alert again")
        assert alerts(bridge)[0] == alerts(bridge)[1]

    def test_a_kind_can_be_switched_off(self, home, sim, bridge, alert):
        told = self.act(bridge, alert, "switch_off")["message"]
        assert "opencredits config set alerts.low_balance on" in told
        sim.account.top_up(Decimal(15))
        poll(home, bridge)
        leave(sim, "4")
        poll(home, bridge)
        leave(sim, "0.90")
        poll(home, bridge)
        bridge.wait(lambda: len(alerts(bridge)) == 3, "the next alert")
        assert [each["kind"] for each in alerts(bridge)] == ["low_balance", "top_up", "critical_balance"]

    def test_what_is_not_offered_is_refused(self, bridge, alert):
        for subject, action in (
            ("alert:999", "details"),
            (alert["id"], "sell"),
            ("alert:x", "details"),
            (f"alert:{10**30}", "details"),
        ):
            with pytest.raises(Refused) as refused:
                bridge.request("act", subject=subject, action=action)
            assert refused.value.kind == "not_offered"
