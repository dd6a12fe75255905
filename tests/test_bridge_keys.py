"""Keys that are entered in an editor, with a real keyring."""

import json
import sys

import pytest

from bridge_client import Home, Refused
from bridge_home import steady
from desktop import Desktop
from key_search import Search
from opencredits.simulator import Fault
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a Secret Service needs D-Bus")
sim = steady

WRONG = "sk-or-v1-wrongwrongwrong0123456789"
KEEPS_KEYS = {"name": "test", "version": "1", "keeps_keys": True}
WORK = '[accounts.work]\nbase_url = "{0}"\n'


@pytest.fixture(scope="module")
def session():
    """A desktop session with an unlocked keyring."""
    with Desktop() as desktop:
        desktop.start_keyring("password")
        yield desktop


@pytest.fixture
def home(cli, sim, session):
    """A home beside it in that session, with an empty keyring and no key in the environment."""
    session.clear()
    with Home(cli.script, cli.home, sim) as home:
        home.env = session.variables
        yield home


def has_balance(status):
    """Whether a poll has brought its result."""
    return status["state"] == "balance"


def has_no_key(status):
    """Whether a key is asked for."""
    return status["state"] == "no_key"


def refused(bridge, method, /, **params):
    """The error of a request."""
    with pytest.raises(Refused) as error:
        bridge.request(method, **params)
    return error.value


def keyless(home, count):
    """So many bridges that ask for a key."""
    bridges = [home.bridge() for _ in range(count)]
    for bridge in bridges:
        bridge.wait_shown(has_no_key)
    return bridges


def set_key(bridge, key, account="default", **more):
    """The result."""
    return bridge.request("set_key", account=account, key=key, **more)


def titles(bridge, branch=0):
    """What the menu offers for an account."""
    return [each["title"] for each in bridge.request("menu")["choices"][branch]["choices"]]


class TestEntered:
    """`set_key`"""

    def test_it_is_stored_and_every_editor_shows_the_balance(self, home):
        """Those that are open, and those that are started later."""
        first, second = keyless(home, 2)
        found = set_key(first, home.sim.key)
        assert set(found) == {"status", "message", "kind", "stored_in"}
        assert (found["kind"], found["stored_in"]) == ("ordinary", "keyring (SecretService)")
        assert found["message"] == (
            "The ordinary key of the account 'default' is stored in keyring (SecretService)."
        )
        assert has_balance(found["status"])
        second.wait_shown(has_balance)
        assert home.start().initialize()["status"]["text"] == first.shown["text"]
        wait_for(lambda: titles(second)[:2] == ["Replace the API key", "Remove the API key"], "the choices")

    def test_it_is_nowhere_but_in_the_keyring(self, home):
        """Neither in a file nor in what is said."""
        first, second = keyless(home, 2)
        set_key(first, f" {home.sim.key}\n")
        second.wait_shown(has_balance)
        first.request("details")
        search, kept = Search([home.sim.key]), [each for each in home.folder.rglob("*") if each.is_file()]
        assert {each.name for each in kept} >= {"opencredits.db", "opencredits.log", "status.json"}
        assert {found for each in kept for found in search(each.read_bytes())} == set()
        for each in (first, second):
            assert search(json.dumps(each.messages).encode() + each.stderr) == set()

    def test_a_management_key_finds_its_own_place(self, home):
        """Whatever kind was said, or none; an ordinary one is not taken for one."""
        (bridge,) = keyless(home, 1)
        for said in ({}, {"kind": "ordinary"}, {"kind": "management"}):
            assert set_key(bridge, home.sim.management_key, **said)["kind"] == "management"
        error = refused(bridge, "set_key", account="default", key=home.sim.key, kind="management")
        assert (error.code, error.kind) == (-32022, "unusable_key")
        assert "Remove the management key" in titles(bridge)
        assert "Remove the API key" not in titles(bridge)

    def test_a_wrong_one_is_refused_and_not_stored(self, home):
        (bridge,) = keyless(home, 1)
        error = refused(bridge, "set_key", account="default", key=WRONG)
        assert (error.code, error.kind) == (-32036, "invalid_key")
        assert "was not stored" in str(error)
        assert "openrouter.ai/settings/keys" in error.action
        assert titles(bridge)[0] == "Enter an API key"
        assert WRONG not in home.log.read_text()

    def test_one_that_cannot_be_checked_is_not_stored(self, home):
        (bridge,) = keyless(home, 1)
        home.sim.close()
        error = refused(bridge, "set_key", account="default", key=home.sim.key)
        assert error.code == -32031
        assert "could not be checked, and was not stored" in str(error)
        home.sim.start()
        assert titles(bridge)[0] == "Enter an API key"

    def test_another_one_takes_its_place_in_every_editor(self, home):
        """Within the next look, and nobody goes on with the old one."""
        first, second = keyless(home, 2)
        for key in home.sim.keys[:2]:
            set_key(first, key)
            label = first.wait_shown(has_balance)["accounts"][0]["key"]["label"]
            second.wait_shown(
                lambda status, label=label: (
                    has_balance(status) and status["accounts"][0]["key"]["label"] == label
                )
            )

    def test_a_refused_one_is_replaced_in_every_editor(self, home):
        """Without a restart or a refresh there."""
        home.env["OPENROUTER_API_KEY"] = WRONG
        first, second = (home.bridge() for _ in range(2))
        for bridge in (first, second):
            bridge.wait_shown(lambda status: status["text"] == "OpenRouter: Error (invalid key)")
        assert has_balance(set_key(first, home.sim.key)["status"])
        second.wait_shown(has_balance)

    def test_of_an_account_that_is_not_shown(self, home):
        """The menu knows it at once, and it is asked when it is shown."""
        home.configure(more=WORK.format(home.sim.base_url))
        bridge = home.bridge(settings={"accounts": ["default"]})
        bridge.wait_shown(has_no_key)
        assert titles(bridge, 1)[0] == "Enter an API key"
        set_key(bridge, home.sim.key, "work")
        assert titles(bridge, 1)[:2] == ["Replace the API key", "Remove the API key"]
        assert bridge.request("remove_key", account="work")["message"] == (
            "The ordinary key of the account 'work' is removed."
        )
        assert titles(bridge, 1)[0] == "Enter an API key"
        set_key(bridge, home.sim.key, "work")
        bridge.request("settings", accounts=["work"])
        bridge.wait_shown(lambda status: status["text"].startswith("work: $"))

    def test_a_keyring_that_does_not_answer_is_said_so(self, home, cli):
        """Before OpenRouter is asked."""
        with Desktop() as silent:
            silent.start_keyring("password")
            home.env = {**silent.variables, "OPENCREDITS_KEYRING_PATIENCE": "2"}
            (bridge,) = keyless(home, 1)
            silent.freeze_keyring()
            error = refused(bridge, "set_key", account="default", key=home.sim.key)
            assert (error.code, error.kind) == (-32024, "keyring")
            assert "did not answer" in str(error)
            assert home.sim.count() == 0

    def test_a_keyring_that_is_unlocked_is_asked_again_at_a_refresh(self, home, session):
        """The person need not wait for the minute that it is left alone."""
        with Desktop() as late:
            late.start_keyring("password")
            home.env = {**late.variables}
            (bridge,) = keyless(home, 1)
            set_key(bridge, home.sim.key)
            late.freeze_keyring()
            home.env["OPENCREDITS_KEYRING_PATIENCE"] = "5"
            other = home.bridge()
            other.wait_shown(lambda status: status["accounts"][0]["error"])
            late.thaw_keyring()
            assert other.request("refresh")["status"]["accounts"][0]["error"] is None


class TestRemoved:
    """`remove_key`, and the same by `act`."""

    def test_every_editor_asks_for_one_again(self, home):
        """And so does the stored status."""
        first, second = keyless(home, 2)
        set_key(first, home.sim.key)
        second.wait_shown(has_balance)
        found = second.request("remove_key", account="default")
        assert set(found) == {"status", "message", "removed"}
        assert found["message"] == "The ordinary key of the account 'default' is removed."
        assert has_no_key(found["status"])
        first.wait_shown(has_no_key)
        assert has_no_key(json.loads(home.status_file.read_text()))
        error = refused(second, "remove_key", account="default")
        assert (error.code, error.kind, error.action) == (-32021, "no_key", "")

    def test_a_poll_that_is_under_way_does_not_bring_it_back(self, home, session):
        """What it reads is of a key that is gone."""
        (bridge,) = keyless(home, 1)
        set_key(bridge, home.sim.key)
        home.sim.fault("/credits", Fault(delay=1.0), times=1)
        home.sql("UPDATE series SET finished_at = finished_at - 3600, manual_at = 0")
        assert home.sim.wait("/credits", 2)
        assert has_no_key(bridge.request("remove_key", account="default")["status"])
        wait_for(lambda: home.sim.requests[-1].status, "the answer")
        home.configure(account='label = "end"')
        assert bridge.wait_shown(lambda status: "end" in status["text"])["text"] == "end: Set API key"

    def test_one_from_elsewhere_that_is_left_is_named(self, home):
        home.env["OPENROUTER_API_KEY"] = home.sim.keys[1]
        bridge = home.bridge()
        set_key(bridge, home.sim.key)
        found = bridge.request("remove_key", account="default", kind="ordinary")
        assert found["message"].endswith(
            "is removed. A key is still found: environment variable OPENROUTER_API_KEY."
        )
        assert has_balance(found["status"])

    def test_it_is_asked_back_before_it_is_done(self, home):
        """Only the answer to the question that was asked last counts, and only once."""
        (bridge,) = keyless(home, 1)
        set_key(bridge, home.sim.key)
        ((row,),) = [each["rows"] for each in bridge.request("details")["lists"]]
        actions = {each["title"]: each["id"] for each in row["actions"]}
        asked = {"subject": row["id"], "action": actions["Remove the API key"]}
        found = bridge.request("act", **asked)
        assert set(found) == {"status", "message", "confirm", "removed", "url", "page"}
        assert found["confirm"]["text"] == "Remove the ordinary key of 'default'?"
        assert has_balance(found["status"])
        for token in ("", "wrong"):
            assert refused(bridge, "act", **asked, confirm=token).code == -32041
        token = bridge.request("act", **asked)["confirm"]["token"]
        other = {**asked, "action": asked["action"].replace("ordinary", "management")}
        assert refused(bridge, "act", **other, confirm=token).code == -32041
        assert "Remove the API key" in titles(bridge)
        token = bridge.request("act", **asked)["confirm"]["token"]
        done = bridge.request("act", **asked, confirm=token)
        assert (done["message"], done["confirm"]) == (
            "The ordinary key of the account 'default' is removed.",
            None,
        )
        assert has_no_key(done["status"])
        assert refused(bridge, "act", **asked, confirm=token).code == -32041


class TestKeptByTheEditor:
    """`client.keeps_keys`, where the machine has no keyring."""

    @pytest.fixture
    def home(self, home):
        """Without a D-Bus session."""
        home.env = {}
        return home

    def start(self, home, **more):
        """An editor that keeps keys, once it asks for one."""
        bridge = home.bridge(client=KEEPS_KEYS, **more)
        bridge.wait_shown(lambda status: status["state"] != "starting")
        return bridge

    def test_it_is_checked_and_used_and_the_editor_is_told_to_keep_it(self, home):
        """No other session knows it, and no file."""
        bridge, other = self.start(home), home.bridge()
        assert bridge.shown["tooltip_text"].endswith("Enter one in this editor, which will keep it.")
        assert refused(bridge, "set_key", account="default", key=WRONG).kind == "invalid_key"
        found = set_key(bridge, home.sim.key)
        assert (found["kind"], found["stored_in"]) == ("ordinary", "editor")
        assert found["message"] == (
            "The ordinary key of the account 'default' is stored in the editor, since there is no keyring."
        )
        assert has_balance(found["status"])
        assert refused(other, "set_key", account="default", key=home.sim.key).kind == "no_keyring"
        assert titles(other)[0] == "Enter an API key"
        search = Search([home.sim.key])
        files = [each for each in home.folder.rglob("*") if each.is_file()]
        assert {found for each in files for found in search(each.read_bytes())} == set()

    def test_it_is_handed_over_again_and_removed(self, home):
        """By the menu's request, or from the details."""
        for remove in (self.remove_by_request, self.remove_by_action):
            bridge = self.start(home, keys={"default": {"ordinary": home.sim.key}})
            bridge.wait_shown(has_balance)
            assert titles(bridge)[:2] == ["Replace the API key", "Remove the API key"]
            (enter, *_) = bridge.request("menu")["choices"][0]["choices"]
            assert enter["detail"].endswith("keyring, or in this editor where there is none.")
            found = remove(bridge)
            assert found["removed"] == {"account": "default", "kind": "ordinary"}
            assert has_no_key(found["status"])
            assert refused(bridge, "remove_key", account="default").kind == "no_key"

    def remove_by_request(self, bridge):
        return bridge.request("remove_key", account="default")

    def remove_by_action(self, bridge):
        asked = {"subject": "account:default", "action": "remove_ordinary_key"}
        question = bridge.request("act", **asked)
        assert question["removed"] is None
        return bridge.request("act", **asked, confirm=question["confirm"]["token"])

    def test_a_keyring_that_has_come_takes_the_key_over(self, home, session):
        """What the editor had handed over is not looked at any more."""
        home.env = session.variables
        bridge = self.start(home, keys={"default": {"ordinary": home.sim.keys[1]}})
        bridge.wait_shown(has_balance)
        assert set_key(bridge, home.sim.key)["stored_in"] == "keyring (SecretService)"
        removed = bridge.request("remove_key", account="default")
        assert removed["message"] == "The ordinary key of the account 'default' is removed."
        assert has_no_key(removed["status"])

    def test_a_keyring_that_keeps_nothing_is_none(self, home):
        """The one that people choose where the others get in the way."""
        home.env = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
        bridge = self.start(home, keys={"default": {"ordinary": home.sim.keys[1]}})
        bridge.wait_shown(has_balance)
        found = set_key(bridge, home.sim.key)
        assert (found["stored_in"], has_balance(found["status"])) == ("editor", True)
        assert bridge.request("remove_key", account="default")["removed"]["kind"] == "ordinary"

    @pytest.mark.parametrize("wrong", ["yes", 1, []])
    def test_it_is_true_or_false(self, home, wrong):
        bridge = home.start()
        error = refused(bridge, "initialize", protocol=1, client={**KEEPS_KEYS, "keeps_keys": wrong})
        assert error.code == -32602
