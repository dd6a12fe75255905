"""The contract of docs/bridge.md, held against the installed process."""

import json
import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from bridge_client import CLIENT, Refused
from bridge_home import home_beside, steady
from opencredits import __version__
from opencredits.session import METHODS
from opencredits.simulator import Fault, Simulator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="clean homes are XDG's")
sim, home = steady, home_beside

STATUS = {
    *("text", "short", "level", "state", "stale", "visible", "stale_at", "stale_text"),
    *("tooltip", "tooltip_text", "read_at", "accounts"),
}


# Params of a wrong form, by method.
WRONG_INITIALIZE = [
    *(("protocol", found) for found in (None, "1", True, 1.5, [])),
    *(("client", found) for found in ("nvim", 1, [], {"name": 5}, {"version": []})),
    *(("settings", found) for found in ([], "", 0, False, "x", [1])),
    *(("keys", found) for found in ([], "", 0, False, "x", {"default": "x"}, {"default": {"ordinary": 1}})),
]
WRONG = [
    *(("refresh", {"account": found}) for found in (1, [], {})),
    *(("save_setting", params) for params in ({}, {"name": "format"}, {"name": 1, "value": "x"})),
    ("save_setting", {"name": "rate_window", "value": 5}),
    *(("set_key", params) for params in ({}, {"account": "default"}, {"account": "default", "key": 1})),
    *(("set_key", {"account": "default", "key": "x", "kind": kind}) for kind in ("", "other", 1)),
    *(("remove_key", params) for params in ({}, {"account": None}, {"account": "default", "kind": 1})),
    *(("act", params) for params in ({}, {"subject": "x"}, {"subject": "x", "action": None})),
    ("act", {"subject": "account:default", "action": "refresh", "confirm": 1}),
    *(("focus", params) for params in ({}, {"focused": 1}, {"focused": None})),
]
# Lines that cannot be answered by their id, and the code of the error.
BAD_LINES = [
    *((line, -32700) for line in (b"{", b"\xff", b'{"a": NaN}', b"[" * 9999, b"9" * 5000, b"\xef\xbb\xbf{}")),
    *((line, -32600) for line in (b"[]", b"{}", b"1", b"null", b'{"jsonrpc": "2.0", "method": 1}')),
    (b'[{"jsonrpc": "2.0", "id": 1, "method": "status"}]', -32600),
    (b" " * (1024 * 1024 + 1), -32600),
    (b'{"jsonrpc": "2.0", "method": "status", "params": null}', -32600),
]


@pytest.fixture
def bridge(home):
    """One that shows the balance."""
    bridge = home.bridge()
    bridge.wait_shown(has_balance)
    return bridge


def has_balance(status):
    """Whether a poll has brought its result."""
    return status["state"] == "balance"


def shows(text):
    """Whether the status bar has this in it."""
    return lambda status: text in status["text"]


def refused(bridge, method, /, **params):
    """The error of a request."""
    with pytest.raises(Refused) as error:
        bridge.request(method, **params)
    return error.value


def log(home):
    """What is in it."""
    return home.log.read_text(encoding="utf-8") if home.log.exists() else ""


class TestInitialize:
    """It comes first, and is answered from what is stored."""

    def test_it_says_who_answers_and_what_is_shown(self, home):
        found = home.start().initialize()
        assert set(found) == {"protocol", "server", "status", "faults"}
        assert (found["protocol"], found["faults"]) == (1, [])
        assert found["server"] == {"name": "opencredits", "version": __version__}
        assert set(found["status"]) == STATUS
        assert (found["status"]["text"], found["status"]["state"]) == ("OpenRouter: ...", "starting")

    def test_everything_else_waits_for_it(self, home):
        """Also what does not exist; notifications are passed over."""
        bridge = home.start()
        for method in ({*METHODS} - {"initialize"}) | {"nope"}:
            bridge.notify(method)
            error = refused(bridge, method)
            assert (error.code, error.kind) == (-32002, "not_initialized")
        assert bridge.initialize()["protocol"] == 1
        assert len(bridge.messages) == len(METHODS) + 1

    def test_a_second_one_is_no_request(self, bridge):
        error = refused(bridge, "initialize", protocol=1, client=CLIENT)
        assert (error.code, error.kind) == (-32600, "not_a_request")
        assert bridge.request("status")["status"]["state"] == "balance"

    def test_another_protocol_is_refused_with_the_known_one_and_may_be_tried_again(self, home):
        bridge = home.start()
        error = refused(bridge, "initialize", protocol=2, client=CLIENT)
        assert (error.code, error.kind) == (-32061, "protocol_unsupported")
        assert "version 1" in str(error)
        assert "same version" in error.action
        assert bridge.initialize()["protocol"] == 1

    def test_params_of_a_wrong_form_are_refused_and_may_be_tried_again(self, home):
        """Also where the answer would be at hand."""
        without, store_of = home.start(), store(home)
        for bridge in (without, home.start()):
            for name, found in WRONG_INITIALIZE:
                error = refused(bridge, "initialize", **{"protocol": 1, "client": CLIENT, name: found})
                assert (error.code, error.kind) == (-32602, "bad_params"), (name, found)
            assert bridge.initialize()["status"]["text"] == store_of
            assert set(bridge.request("status")["status"]) == STATUS

    def test_unknown_fields_are_ignored(self, home):
        client = {**CLIENT, "nope": 1}
        found = home.start().initialize(client=client, nope=[], capabilities={"x": None})
        assert found["protocol"] == 1

    def test_client_settings_and_keys_may_be_left_out_or_null(self, home):
        for params in ({}, {"client": None, "settings": None, "keys": None}, {"client": {}}):
            assert home.start().request("initialize", protocol=1, **params)["faults"] == []

    def test_what_is_stored_is_answered_although_nothing_else_does(self, home):
        """Neither OpenRouter nor the command that brings the key."""
        text = store(home)
        home.configure(account='key_command = ["sleep", "600"]')
        os.utime(home.config, (1, 1))
        home.sim.fault("*", Fault(hang=True))
        for settings in ({}, {"rate_window": 30}):  # from the file, and from the database
            found = home.start().initialize(settings=settings)
            assert found["status"]["text"] == text
            assert found["status"]["state"] == "balance"

    def test_what_is_stored_is_answered_before_anything_slow_is_imported(self, home):
        """A session cannot even be made here."""
        text = store(home)
        spoiled = home.folder / "spoiled" / "sqlite3"
        spoiled.mkdir(parents=True)
        (spoiled / "__init__.py").write_text("import time; time.sleep(600)")
        found = home.start(env={"PYTHONPATH": str(spoiled.parent)}).initialize()
        assert found["status"]["text"] == text

    def test_what_is_stored_and_old_is_looked_at_anew(self, home):
        """By the session, which knows how old it is."""
        store(home)
        status = json.loads(home.status_file.read_text())
        home.status_file.write_text(json.dumps({**status, "stale_at": "2026-01-01T00:00:00Z", "text": "old"}))
        assert home.start().initialize()["status"]["text"] != "old"

    @pytest.mark.parametrize("text", ["", "null", "{}", "[" * 100_000], ids=["empty", "null", "{}", "deep"])
    def test_what_is_stored_and_spoiled_is_made_anew(self, home, text):
        shown = store(home)
        home.status_file.write_text(text)
        os.utime(home.config, (1, 1))
        assert home.start().initialize()["status"]["text"] == shown

    def test_what_is_stored_is_told_once(self, home):
        """Nothing has changed since, so nothing is said."""
        store(home)
        bridge = home.bridge()
        bridge.request("details")  # keys have been looked for
        home.configure('format = "end {amount}"')
        bridge.wait_shown(shows("end"))
        assert len(bridge.told("status_changed")) == 1


def store(home):
    """Let a reading be stored; returns its text."""
    with home.bridge() as first:
        return first.wait_shown(has_balance)["text"]


class TestMethods:
    """Each one, as docs/bridge.md has it."""

    def test_status_is_what_is_shown_now(self, bridge):
        assert bridge.request("status") == {"status": bridge.shown}

    def test_refresh_is_answered_after_the_poll(self, bridge, sim):
        sim.account.top_up(1000)
        polls = sim.count("/key")
        found = bridge.request("refresh")
        assert found["message"] is None
        assert "$1,02" in found["status"]["text"]
        assert sim.count("/key") == polls + 1

    def test_refresh_of_one_account(self, bridge, sim):
        polls = sim.count("/key")
        assert set(bridge.request("refresh", account="default")) == {"status", "message"}
        assert sim.count("/key") == polls + 1
        assert refused(bridge, "refresh", account="nope").code == -32011

    def test_refresh_that_fails_says_why(self, bridge, sim):
        """And what to do; the last figure is still shown."""
        sim.fault("*", Fault(status=503))
        found = bridge.request("refresh")
        assert found["message"] == "{message} {action}".format(**found["status"]["accounts"][0]["error"])
        assert has_balance(found["status"])

    def test_refresh_during_a_poll_is_that_poll(self, home, sim):
        """It has the newest figure, and OpenRouter is not asked twice."""
        sim.fault("/key", Fault(delay=1.0), times=1)
        bridge = home.bridge()
        assert sim.wait("/key", 1)
        assert has_balance(bridge.request("refresh")["status"])
        assert sim.count("/key") == 1

    def test_refresh_is_refused_while_the_server_wants_to_be_left_alone(self, home, sim):
        """Until when, says the message."""
        sim.fault("*", Fault(status=429, headers={"Retry-After": "1800"}))
        bridge = home.bridge()
        bridge.wait_shown(shows("Error (rate limited)"))
        polls = sim.count()
        error = refused(bridge, "refresh")
        assert (error.code, error.kind) == (-32040, "retry_after")
        assert "left alone until" in str(error)
        assert sim.count() == polls

    def test_settings_change_what_is_shown_at_once(self, bridge):
        found = bridge.request("settings", format="{balance} left", **{"accounts.default.label": "X"})
        assert set(found) == {"status", "faults"}
        assert found["faults"] == []
        assert found["status"]["text"].endswith(" left")
        assert found["status"]["accounts"][0]["label"] == "X"

    def test_settings_that_are_null_are_taken_back(self, bridge):
        before = bridge.request("status")["status"]
        bridge.request("settings", show_in_status_bar=False, format="{label}")
        assert bridge.shown["visible"] is False
        bridge.request("settings", show_in_status_bar=None)
        assert bridge.shown["text"] == "OpenRouter"
        assert bridge.request("settings", format=None)["status"] == before

    def test_settings_that_cannot_be_used_are_named_and_the_rest_is_used(self, bridge):
        found = bridge.request("settings", nope=1, format=5, warn_below=1000)
        assert len(found["faults"]) == 2
        assert "There is no option 'nope'." in found["faults"][0]
        assert "format is 5 in this editor's settings, but must be text" in found["faults"][1]
        assert found["status"]["level"] == "low"

    def test_settings_come_with_initialize_as_well(self, home):
        given = {"format": "{label}!", "nope": 1, "accounts": ["other"]}
        found = home.start().initialize(settings=given)
        assert len(found["faults"]) == 2
        assert "'other'" in found["faults"][1]

    def test_settings_say_nothing_about_where_a_key_is_sent(self, home, sim):
        """An editor's settings may come out of a checkout."""
        with Simulator("steady") as foreign:
            given = {"accounts.default.base_url": foreign.base_url, "accounts.default.key_env": "HOME"}
            bridge = home.bridge(settings=given)
            bridge.wait_shown(has_balance)
            assert len(bridge.request("settings", **given)["faults"]) == 2
            assert foreign.count() == 0

    def test_save_setting_reaches_the_file_and_takes_back_the_sessions_own(self, home, bridge):
        """Comments stay."""
        home.configure("# mine")
        bridge.request("settings", format="own")
        found = bridge.request("save_setting", name="format", value="saved {amount}")
        assert (
            found["message"] == "format is saved {amount} now, in every editor that does not set it itself."
        )
        assert found["status"]["text"].startswith("saved $")
        text = home.config.read_text()
        assert "# mine" in text
        assert 'format = "saved {amount}"' in text

    def test_save_setting_of_what_cannot_be_used(self, home, bridge):
        before = home.config.read_text()
        for name, value in (("nope", "1"), ("update_interval", "1s"), ("format", "sk-or-v1-0123456789")):
            error = refused(bridge, "save_setting", name=name, value=value)
            assert (error.code, error.kind) == (-32011, "config")
            assert "sk-or" not in f"{error}{error.action}"
        assert home.config.read_text() == before

    def test_details_are_a_page_and_a_list(self, bridge):
        found = bridge.request("details")
        assert set(found) == {"title", "markdown", "text", "lists"}
        assert found["text"].startswith(bridge.shown["text"])
        ((row,),) = [each["rows"] for each in found["lists"]]
        assert row["detail"] == "ordinary key from: environment variable OPENROUTER_API_KEY"

    def test_menu_offers_a_key_and_an_interval(self, bridge):
        found = bridge.request("menu")
        assert set(found) == {"title", "choices"}
        titles = [each["title"] for each in found["choices"]]
        assert titles == ["OpenRouter: API key", "Update interval"]

    def test_every_request_of_the_menu_without_a_prompt_works(self, bridge):
        intervals = bridge.request("menu")["choices"][-1]["choices"]
        for choice in intervals:
            bridge.request(choice["request"]["method"], **choice["request"]["params"])
            now = bridge.request("menu")["choices"][-1]["choices"]
            assert [each["title"] for each in now if each["detail"]] == [choice["title"]]

    def test_act_refreshes_an_account(self, bridge, sim):
        polls = sim.count("/key")
        found = bridge.request("act", subject="account:default", action="refresh")
        assert set(found) == {"status", "message", "confirm", "removed", "url", "page"}
        assert (found["message"], found["confirm"], found["removed"]) == (None, None, None)
        assert sim.count("/key") == polls + 1

    def test_act_does_only_what_is_offered(self, bridge):
        for subject, action in (
            ("account:nope", "refresh"),
            ("account:default", "nope"),
            ("", ""),
            ("default", "refresh"),
        ):
            error = refused(bridge, "act", subject=subject, action=action)
            assert (error.code, error.kind) == (-32041, "not_offered")

    def test_focus_is_only_told(self, bridge):
        """Asked as a request, it is answered."""
        bridge.notify("focus", focused=True)
        bridge.notify("focus", focused="yes")
        assert bridge.request("focus", focused=False) is None

    def test_shutdown_answers_and_ends(self, bridge):
        assert bridge.request("shutdown") is None
        assert bridge.wait_ended() == 0

    def test_an_unknown_method_is_refused_with_the_known_ones(self, bridge):
        error = refused(bridge, "nope")
        assert (error.code, error.kind) == (-32601, "unknown_method")
        assert all(name in error.action for name in METHODS)

    def test_unknown_notifications_and_fields_are_ignored(self, bridge):
        bridge.notify("nope", a=1)
        bridge.notify("$/cancelRequest")
        assert bridge.request("status", nope=[1])["status"] == bridge.shown

    def test_params_of_a_wrong_form_are_refused(self, home):
        bridge = home.bridge()
        for method, params in WRONG:
            error = refused(bridge, method, **params)
            assert (error.code, error.kind) == (-32602, "bad_params"), (method, params)

    def test_a_list_of_params_is_of_a_wrong_form(self, bridge):
        """Every method with params says so."""
        for method in ("settings", "save_setting", "set_key", "remove_key", "act", "focus"):
            bridge.write_json({"jsonrpc": "2.0", "id": method, "method": method, "params": ["x"]})
            with pytest.raises(Refused) as error:
                bridge.answer(method)
            assert error.value.code == -32602


class TestKeysWithoutAKeyring:
    """This machine has none: no D-Bus session."""

    def test_a_key_cannot_be_stored_and_nobody_is_asked(self, bridge, home, sim):
        polls = sim.count()
        error = refused(bridge, "set_key", account="default", key=sim.key)
        assert (error.code, error.kind) == (-32021, "no_keyring")
        assert "There is no keyring" in str(error)
        assert "key_command" in error.action
        assert sim.count() == polls
        assert sim.key not in log(home)

    def test_what_cannot_be_a_key_is_refused(self, bridge):
        for key in ("", " ", "a b", "a\nb", "ä", "x" * 513, "\ud800"):
            error = refused(bridge, "set_key", account="default", key=key)
            assert (error.code, error.kind) == (-32022, "unusable_key")

    def test_there_is_nothing_to_remove(self, bridge):
        """What is still found is named."""
        error = refused(bridge, "remove_key", account="default")
        assert (error.code, error.kind) == (-32021, "no_key")
        assert error.action == "A key is still found: environment variable OPENROUTER_API_KEY."
        assert refused(bridge, "remove_key", account="nope").code == -32011

    def test_without_any_key_that_is_what_is_shown(self, home):
        bridge = home.bridge(env={"OPENROUTER_API_KEY": None})
        shown = bridge.wait_shown(lambda status: status["state"] == "no_key")
        assert (shown["text"], shown["level"]) == ("OpenRouter: Set API key", "unknown")
        assert shown["accounts"][0]["error"]["kind"] == "no_key"
        assert has_no_key(bridge.request("refresh")["status"])
        assert home.sim.count() == 0

    def test_a_wrong_key_is_shown_as_such(self, home):
        bridge = home.bridge(env={"OPENROUTER_API_KEY": "sk-or-v1-wrong0123456789"})
        bridge.wait_shown(shows("Error (invalid key)"))


def has_no_key(status):
    """Whether it asks for a key."""
    return status["state"] == "no_key"


class TestErrors:
    """What an editor may send by mistake."""

    def test_a_bad_line_is_answered_without_an_id(self, bridge):
        for count, (line, code) in enumerate(BAD_LINES, 1):
            bridge.write(line + b"\n")
            assert bridge.request("status")["status"] == bridge.shown
            errors = [each["error"]["code"] for each in bridge.messages if each.get("id", 0) is None]
            assert (len(errors), errors[-1]) == (count, code), line[:50]

    def test_a_bad_request_is_answered_with_its_id(self, bridge):
        bridge.write_json({"id": "mine", "method": "status"})
        with pytest.raises(Refused) as error:
            bridge.answer("mine")
        assert error.value.code == -32600

    def test_an_id_comes_back_as_it_was(self, bridge):
        for id in (0, -1, 1.5, 2**70, "", "1", "ä\n", "\ud800", None):
            bridge.write_json({"jsonrpc": "2.0", "id": id, "method": "status"})
            assert set(bridge.answer(id)) == {"status"}
            assert type(bridge.messages[-1]["id"]) is type(id)

    def test_line_ends_of_windows_and_empty_lines_are_fine(self, bridge):
        bridge.write(b'\r\n\n  \n{"jsonrpc": "2.0", "id": "a", "method": "status"}\r\n')
        assert set(bridge.answer("a")) == {"status"}
        assert bridge.strays == []

    def test_expected_errors_leave_no_traceback(self, home, bridge):
        """One line each; unexpected ones leave one, see below."""
        refused(bridge, "refresh", account="nope")
        refused(bridge, "set_key", account="default", key="")
        started, *entries = log(home).splitlines()
        assert started.endswith(f"Started, version {__version__}.")
        assert len(entries) == 2
        assert "test 1[" in entries[0]
        assert entries[0].endswith("adds one.")
        assert "Traceback" not in log(home)
        assert stat.S_IMODE(home.log.stat().st_mode) == 0o600

    def test_a_fault_of_ours_is_answered_and_logged_and_ends_nothing(self, home, bridge):
        """As when the stored readings are not what we wrote."""
        home.sql("UPDATE series SET finished_at = 'then'")
        for method in ("status", "refresh", "details"):
            error = refused(bridge, method)
            assert (error.code, error.kind) == (-32603, "internal")
            assert "opencredits.log" in error.action
        assert "Traceback" in log(home)
        home.sql("UPDATE series SET finished_at = 1")
        assert bridge.request("refresh")["status"]["state"] == "balance"

    def test_more_than_can_wait_is_refused(self, home):
        """And what waits is answered in the end."""
        holder, bridge = stopped_in_a_poll(home), home.bridge()
        slow = bridge.send("act", subject="account:default", action="refresh")
        waiting = [bridge.send("act", subject="account:default", action="nope") for _ in range(99)]
        error = refused(bridge, "act", subject="account:default", action="nope")
        assert (error.code, error.kind) == (-32062, "busy")
        assert error.action
        assert not bridge.has_answered(slow)
        holder.kill()
        assert has_balance(bridge.answer(slow)["status"])
        for id in waiting:
            with pytest.raises(Refused, match="not offered"):
                bridge.answer(id)


def stopped_in_a_poll(home):
    """A bridge that does not move, so that everybody else waits until it is killed, or some 15 seconds."""
    home.sim.fault("/key", Fault(hang=True), times=1)
    holder = home.bridge()
    assert home.sim.wait("/key", 1)
    holder.process.send_signal(signal.SIGSTOP)
    return holder


class TestSlowAnswers:
    """What takes time holds nothing else up."""

    def test_everything_else_is_answered_while_a_refresh_waits(self, home):
        """Answers come in another order than the questions."""
        stopped_in_a_poll(home)
        bridge = home.bridge()
        slow = bridge.send("refresh")
        bridge.request("status")
        bridge.request("settings", rate_window=30)
        bridge.request("save_setting", name="rate_window", value="15")
        assert bridge.request("menu")["title"] == "OpenCredits"
        assert bridge.request("details")["title"] == "OpenCredits"
        assert not bridge.has_answered(slow)

    def test_changes_are_made_in_their_order(self, home, bridge):
        """One after the other."""
        ids = [bridge.send("save_setting", name="rate_window", value=str(n)) for n in range(1, 9)]
        for n, id in enumerate(ids, 1):
            assert (
                bridge.answer(id)["message"]
                == f"rate_window is {n} now, in every editor that does not set it itself."
            )
        assert "rate_window = 8" in home.config.read_text()


def test_no_method_is_without_a_test_here():
    """By its name, in this file or in the one about keys."""
    text = "".join(path.read_text() for path in Path(__file__).parent.glob("test_bridge*.py"))
    assert [name for name in METHODS if f'"{name}"' not in text] == []
