"""Several editors at once: what they share, and what is each one's own."""

import json
import sys

import pytest

from bridge_home import home_beside, steady
from key_search import Search
from opencredits.simulator import Simulator
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="clean homes are XDG's")
sim, home = steady, home_beside

TWO = '[accounts.work]\nbase_url = "{0}"\nkey_env = "WORK_KEY"\n'


@pytest.fixture
def two(home, sim):
    """The same with two accounts."""
    home.env["WORK_KEY"] = sim.keys[1]
    home.configure(more=TWO.format(sim.base_url))
    return home


def has_balance(status):
    """Whether a poll has brought its result, for each account."""
    return {each["state"] for each in status["accounts"]} == {"balance"}


def shows(text):
    """Whether the status bar has this in it."""
    return lambda status: text in status["text"]


def bridges(home, count):
    """So many that all show the balance."""
    started = [home.bridge() for _ in range(count)]
    for bridge in started:
        bridge.wait_shown(has_balance)
    return started


def age(home, seconds):
    """As if this time had passed since the last poll."""
    home.sql("UPDATE series SET finished_at = finished_at - ?, manual_at = manual_at - ?", seconds, seconds)


class TestSettings:
    """Each session has its own, and config.toml is everybody's."""

    def test_nothing_of_one_session_is_seen_in_another(self, two):
        """Format, accounts, what is enabled, how it is labelled, whether it is shown."""
        first, second, third = bridges(two, 3)
        plain = third.request("status")["status"]
        first.request("settings", format="one {amount}", accounts=["work"])
        second.request("settings", show_in_status_bar=False)
        changed = {"accounts.default.enabled": False, "accounts.work.label": "W", "update_interval": "1h"}
        second.request("settings", show_in_status_bar=None, **changed)
        assert first.request("status")["status"]["text"].startswith("one $")
        assert [each["name"] for each in first.shown["accounts"]] == ["work"]
        assert second.request("status")["status"]["text"].startswith("W: $")
        assert [each["name"] for each in second.shown["accounts"]] == ["work"]
        assert third.request("status")["status"] == plain
        intervals = [each.request("menu")["choices"][-1]["detail"] for each in (first, second, third)]
        assert intervals == ["5m", "1h", "5m"]

    def test_the_stored_status_follows_the_file_alone(self, home):
        """Whoever polls."""
        bridge = home.bridge(settings={"format": "own {amount}", "accounts.default.label": "X"})
        bridge.wait_shown(shows("own $"))
        assert json.loads(home.status_file.read_text())["text"].startswith("OpenRouter: $")
        bridge.request("settings", show_in_status_bar=False)
        age(home, 60)
        bridge.request("refresh")
        assert json.loads(home.status_file.read_text())["visible"] is True

    def test_each_session_asks_by_its_own_interval(self, home, sim):
        """So that the shortest one wins."""
        patient = home.bridge(settings={"update_interval": "1h", "adaptive": False})
        patient.wait_shown(has_balance)
        age(home, 600)
        for text in (
            "looked",
            "looked again",
        ):  # what it would ask for at the first look is seen at the second
            home.configure(f'format = "{text} {{amount}}"')
            patient.wait_shown(shows(f"{text} $"))
        assert sim.count("/key") == 1
        bridge = home.bridge()
        assert sim.wait("/key", 2)
        bridge.wait_shown(lambda status: not status["stale"])

    def test_what_is_saved_in_one_session_is_seen_in_all(self, home):
        """Also in the next one."""
        first, second = bridges(home, 2)
        first.request("save_setting", name="format", value="saved {amount}")
        second.wait_shown(shows("saved $"))
        assert home.start().initialize()["status"]["text"].startswith("saved $")

    def test_a_session_of_another_opinion_keeps_it(self, home):
        first, second = bridges(home, 2)
        second.request("settings", format="own {amount}")
        first.request("save_setting", name="format", value="saved {amount}")
        first.request("save_setting", name="accounts.default.label", value="Label")
        second.wait_shown(lambda status: status["accounts"][0]["label"] == "Label")
        assert second.shown["text"].startswith("own $")
        assert second.told("status_changed")
        assert not [each for each in second.told("status_changed") if "saved" in each["status"]["text"]]

    def test_a_file_edited_by_hand_is_noticed(self, home):
        first, second = bridges(home, 2)
        home.configure('format = "edited {amount}"')
        for bridge in (first, second):
            bridge.wait_shown(shows("edited $"))

    def test_faults_of_the_file_are_an_alert(self, home):
        """In each session, once for each change; the rest of the file is used."""
        home.configure("format = 5\nrate_windows = 5\nwarn_below = 1000")
        bridge = home.bridge()
        alert = bridge.wait_told("alert")
        assert set(alert) == {"id", "kind", "level", "title", "message", "actions"}
        assert (alert["kind"], alert["level"], alert["actions"]) == ("config", "warn", [])
        assert "format is 5, but must be text" in alert["message"]
        assert "unknown option rate_windows" in alert["message"]
        assert str(home.config) in alert["message"]
        bridge.wait_shown(lambda status: status["level"] == "low")
        home.configure("warn_below = []")
        bridge.wait_told("alert", lambda found: "warn_below is []" in found["message"])
        home.configure('format = "mended {amount}"')
        bridge.wait_shown(shows("mended"))
        assert len(bridge.told("alert")) == 2

    def test_another_address_is_asked_from_then_on(self, home, sim):
        """And no longer the old one."""
        (bridge,) = bridges(home, 1)
        with Simulator("steady") as other:
            home.sim = other
            home.configure()
            bridge.wait_shown(shows("Error (invalid key)"))
            assert other.count("/key") == 1
        assert sim.count("/key") == 1

    def test_an_account_that_is_added_is_asked_and_shown(self, home, sim):
        """And one that is taken away is not."""
        bridge = home.bridge(env={"WORK_KEY": sim.keys[1]})
        bridge.wait_shown(has_balance)
        home.configure(more=TWO.format(sim.base_url))
        bridge.wait_shown(lambda status: len(status["accounts"]) == 2 and has_balance(status))
        assert " | work: $" in bridge.shown["text"]
        home.configure()
        bridge.wait_shown(lambda status: len(status["accounts"]) == 1)


class TestStatusChanged:
    """Told in every session when what is shown has changed, and only then."""

    def test_every_session_hears_of_a_new_reading_once(self, home, sim):
        """The one that asked has it in its answer, and may have been told just before."""
        first, *others = bridges(home, 5)
        before = [len(each.told("status_changed")) for each in (first, *others)]
        sim.account.top_up(1000)
        found = first.request("refresh")["status"]
        for bridge in others:
            assert bridge.wait_shown(shows("$1,02"))["text"] == found["text"]
        home.configure('format = "end {amount}"')
        for bridge in (first, *others):
            bridge.wait_shown(shows("end"))
        after = [len(each.told("status_changed")) for each in (first, *others)]
        own, *theirs = [new - old for new, old in zip(after, before, strict=True)]
        assert own in (1, 2)
        assert theirs == [2, 2, 2, 2]

    def test_what_changes_nothing_that_is_shown_is_not_told(self, home):
        """Neither a change of the database nor one of the file, nor a look, nor the gain of focus."""
        (bridge,) = bridges(home, 1)
        before = len(bridge.told("status_changed"))
        home.sql("UPDATE series SET jitter = 0.01")
        home.configure("# a comment")
        bridge.notify("focus", focused=True)
        bridge.request("settings", rate_window=61)
        bridge.request("settings", rate_window=None)
        bridge.request("details")
        home.configure('format = "end {amount}"')
        bridge.wait_shown(shows("end"))
        assert len(bridge.told("status_changed")) == before + 1

    def test_a_network_that_fails_and_comes_back_is_told(self, home, sim):
        """The last figure stays, with its age."""
        first, second = bridges(home, 2)
        sim.close()
        age(home, 3600)
        for bridge in (first, second):
            stale = bridge.wait_shown(lambda status: status["stale"])
            assert "OpenRouter: $2" in stale["text"]
        sim.start()
        first.request("refresh")
        for bridge in (first, second):
            bridge.wait_shown(lambda status: not status["stale"])


class TestOnePoll:
    """However many there are."""

    def test_twenty_bridges_ask_once(self, home, sim):
        """Two requests: for the key and for the balance."""
        started = [home.start() for _ in range(20)]
        ids = [each.send("initialize", protocol=1) for each in started]
        for bridge, id in zip(started, ids, strict=True):
            bridge.answer(id)
        texts = {bridge.wait_shown(has_balance)["text"] for bridge in started}
        assert len(texts) == 1
        assert (sim.count("/key"), sim.count("/credits")) == (1, 1)
        age(home, 3600)
        assert sim.wait("/credits", 2)
        newest = started[0].wait_shown(lambda status: not status["stale"])
        for bridge in started[1:]:
            bridge.wait_shown(lambda status: status["read_at"] == newest["read_at"])
        assert (sim.count("/key"), sim.count("/credits")) == (2, 2)


class TestHandedKeys:
    """A key that an editor hands over is for its session, and in memory only."""

    def test_it_is_used_and_is_nowhere_else(self, home, sim):
        """Another session without a key sees the figure, as of any key, but cannot ask."""
        home.env = {}
        other = home.bridge()
        other.wait_shown(lambda status: status["state"] == "no_key")
        bridge = home.bridge(keys={"default": {"ordinary": sim.key}})
        bridge.wait_shown(has_balance)
        assert {each.key for each in sim.requests} == {sim.key}
        assert bridge.request("details")["lists"][0]["rows"][0]["detail"] == "ordinary key from: the editor"
        assert other.request("details")["lists"][0]["rows"][0]["detail"] == "no key"
        assert not home.status_file.exists()
        search, kept = Search([sim.key]), [each for each in home.folder.rglob("*") if each.is_file()]
        assert {each.name for each in kept} >= {"opencredits.db", "opencredits.log"}
        assert {found for each in kept for found in search(each.read_bytes())} == set()
        for each in (bridge, other):
            assert search(json.dumps(each.messages).encode()) == set()

    def test_what_it_read_is_in_no_file_that_others_show(self, two, sim):
        """`status.json` is everybody's: of two accounts it has the one whose key is everybody's."""
        two.env["OPENROUTER_API_KEY"] = None
        bridge = two.bridge(keys={"default": {"ordinary": sim.key}})
        bridge.wait_shown(lambda status: len(status["accounts"]) == 2 and has_balance(status))
        bridge.request("refresh", account="work")
        stored = json.loads(two.status_file.read_text())["accounts"]
        assert {each["name"]: each["balance"] is not None for each in stored} == {
            "default": False,
            "work": True,
        }

    def test_a_management_key_reads_the_balance(self, home, sim):
        bridge = home.bridge(keys={"default": {"management": sim.management_key}})
        bridge.wait_shown(has_balance)
        wait_for(lambda: sim.count("/credits"), "the question for the balance")
        assert {(each.path, each.key) for each in sim.requests} == {
            ("/key", sim.key),
            ("/credits", sim.management_key),
        }

    def test_each_session_sees_its_own_keys_reading(self, home, sim):
        """Two editors with different keys of one account."""
        home.env = {}
        first, second = (home.bridge(keys={"default": {"ordinary": key}}) for key in sim.keys[:2])
        labels = {each.wait_shown(has_balance)["accounts"][0]["key"]["label"] for each in (first, second)}
        assert len(labels) == 2
        assert {each.key for each in sim.requests} == {*sim.keys[:2]}

    def test_it_comes_before_the_environment(self, home, sim):
        bridge = home.bridge(
            keys={"default": {"ordinary": sim.keys[1]}},
            env={"OPENROUTER_API_KEY": "sk-or-v1-wrong0123456789"},
        )
        bridge.wait_shown(has_balance)
        assert {each.key for each in sim.requests} == {sim.keys[1]}
