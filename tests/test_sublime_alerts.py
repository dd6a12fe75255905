"""Alerts in Sublime Text: each is shown once, and what it offers can be done; in our own host."""

import json
import sys
from decimal import Decimal

import pytest

from scripted_bridge import STATUS
from sublime_session import FULL, VERSIONS, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the host is driven by POSIX's means")

ALERT = {"id": "a1", "kind": "spend", "level": "warn", "title": "Spending fast", "message": "$40.00 an hour."}
ACTIONS = [{"id": "stop", "title": "Stop the key"}, {"id": "mute", "title": "Mute"}]
PAGE = {"title": "Alert", "markdown": "", "text": "Spending\nsince noon", "lists": []}
BILL = "https://openrouter.example/credits?a=1&b=%20c"


@pytest.fixture(params=["3.8"])
def home(cli, request):
    """See sublime_session.Home."""
    with open_home(cli, request.param) as home:
        yield home


@pytest.fixture
def browser(home, tmp_path):
    """A browser that writes down which page it was to open."""
    opened, program = tmp_path / "opened", tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >>{opened}\n')
    program.chmod(0o755)
    home.env["BROWSER"] = f"{program} %s"
    return opened


def scripted(home, script, act=None, **steps):
    """A Sublime whose core plays the script, once it is up; `act` is in its answer to that."""
    if act is not None:
        steps["act"] = [{"result": {"status": STATUS, "message": None, "confirm": None, **act}}]
    script.write(**steps)
    sublime = home.open_scripted(script.command)
    sublime.wait_text(STATUS["text"])
    return sublime


def alert(script, **changes):
    """Have the core tell one."""
    script.cue(notify="alert", params={**ALERT, "actions": ACTIONS, **changes})


def answer(sublime, script, choice="Stop the key"):
    """Have the core tell one, and choose what to do."""
    alert(script)
    sublime.wait_told("Spending fast")
    sublime.run("alert")
    sublime.pick(choice)


@pytest.mark.parametrize("level", ["info", "warn", "error"])
def test_an_alert_is_a_notification_and_waits_for_an_answer(home, script, level):
    sublime = scripted(home, script, {"message": "The key is stopped."})
    alert(script, level=level)
    said = sublime.wait_told("Spending fast. $40.00 an hour.")
    assert "['OpenCredits: Answer Alert': Stop the key | Mute]" in said
    assert sublime.dialogs() == []
    sublime.run("alert")
    sublime.pick("Stop the key")
    sublime.wait_told("The key is stopped.")
    assert script.params("act") == [{"subject": "a1", "action": "stop"}]
    sublime.run("alert")
    sublime.wait_told("No alert waits")


def test_an_alert_that_only_informs_opens_nothing(home, script):
    sublime = scripted(home, script)
    alert(script, level="info", actions=[])
    sublime.wait_told("$40.00")
    assert sublime.panel() is None


def test_an_alert_without_actions_is_said(home, script):
    sublime = scripted(home, script)
    alert(script, title="OpenCredits", actions=[])
    assert sublime.wait_told("$40.00").count("OpenCredits") == 1
    sublime.run("alert")
    sublime.wait_told("No alert waits")


def test_of_several_alerts_one_is_chosen(home, script):
    """The one that was answered waits no more."""
    sublime = scripted(home, script, {"message": "Done."})
    for each in ("a1", "a2", "a1"):
        alert(script, id=each, title=f"Title {each}")
    wait_for(lambda: len(sublime.said()) == 3, "all of them")
    sublime.run("alert")
    assert len(sublime.wait_rows("Title a2")) == 2
    sublime.choose(row="Title a2")
    sublime.pick("Stop the key")
    sublime.wait_told("Done.")
    assert script.params("act") == [{"subject": "a2", "action": "stop"}]
    sublime.run("alert")
    sublime.wait_rows("Mute")  # only one is left


# whether it is seen


def test_each_alert_that_is_shown_is_said_to_be(home, script):
    """Those without actions as well."""
    sublime = scripted(home, script)
    alert(script)
    alert(script, id="a2", level="info", actions=[])
    wait_for(lambda: len(script.params("shown")) == 2, lambda: f"two; said was {sublime.said()}")
    assert script.params("shown") == [{"id": "a1"}, {"id": "a2"}]


def without_window(home, script):
    """A Sublime without one, as macOS has it, that was told of an alert."""
    sublime = scripted(home, script, refresh=[{"notify": "alert", "params": {**ALERT, "actions": ACTIONS}}])
    for window in sublime.window_ids():
        sublime.close_window(id=window)
    sublime.run("refresh")
    sublime.wait_told(STATUS["text"])  # the answer, which came after it
    assert (sublime.said(), script.params("shown")) == ([STATUS["text"]], [])
    return sublime


def test_an_alert_waits_for_a_window(home, script):
    """It counts as shown only then."""
    sublime = without_window(home, script)
    sublime.new_window()
    sublime.new_view()
    sublime.wait_told("Spending fast")
    wait_for(lambda: script.params("shown") == [{"id": "a1"}], "the news of it")
    sublime.new_view()
    assert len(sublime.said()) == 2


def test_an_alert_of_a_core_that_has_ended_is_left_to_others(home, script):
    """That core has given it back: a window that opens later does not show it."""
    sublime = without_window(home, script)
    sublime.run("restart")
    wait_for(lambda: len(script.starts) == 2, "another core")
    sublime.new_window()
    sublime.new_view()
    sublime.wait_text(STATUS["text"])
    assert script.params("shown") == []


# what comes of an action


@pytest.mark.parametrize(("choice", "sent"), [("Yes", 2), ("No", 1)])
def test_what_needs_a_yes_is_asked(home, script, choice, sent):
    sublime = scripted(home, script, {"confirm": {"text": "Really stop it?", "token": "t1"}})
    answer(sublime, script)
    sublime.wait_rows("Yes")
    assert "Really stop it?" in json.dumps(sublime.quick())
    sublime.choose(row=choice)
    sublime.run("refresh")
    wait_for(lambda: script.params("refresh"), "what came after it")
    first = {"subject": "a1", "action": "stop"}
    assert script.params("act") == [first, {**first, "confirm": "t1"}][:sent]


def test_a_page_is_shown_as_details_are(home, script):
    sublime = scripted(home, script, {"page": PAGE})
    answer(sublime, script)
    assert sublime.wait_shown("since noon")["kind"] == "popup"


def test_a_page_of_a_row_stays(home, script):
    """The details do not take its place."""
    row = {"id": "r1", "text": "Row", "detail": None, "actions": ACTIONS}
    details = {**PAGE, "text": "All", "lists": [{"title": "Rows", "rows": [row]}]}
    sublime = scripted(home, script, {"page": PAGE}, details=[{"result": details}])
    sublime.run("details")
    sublime.wait_shown("Row")
    sublime.click(text="Row")
    sublime.pick("Mute")
    sublime.wait_shown("since noon")
    sublime.run("refresh")
    sublime.wait_shown("Row")  # what is asked for now is seen
    assert len(script.params("details")) == 2


@pytest.mark.parametrize("home", VERSIONS, indirect=True)
def test_a_web_page_opens_in_the_persons_browser(home, script, browser):
    sublime = scripted(home, script, {"url": BILL})
    answer(sublime, script)
    wait_for(lambda: browser.exists() and browser.read_text(), "the page")
    assert browser.read_text() == f"{BILL}\n"
    assert len(sublime.said()) == 1


def test_without_a_browser_the_page_is_named(home, script, tmp_path):
    home.env |= {"BROWSER": None, "PATH": str(tmp_path), "DISPLAY": None, "TERM": None}
    sublime = scripted(home, script, {"url": BILL})
    answer(sublime, script)
    assert BILL in sublime.wait_told("No browser could be opened.")


# with the real core


def test_a_balance_that_falls_is_told_once(home, browser):
    """What is offered works; a Sublime that starts anew does not say it again."""
    home.configure('alerts.runaway = "off"')  # all of this happens within seconds
    sublime = home.open()
    sublime.wait_text(FULL)
    home.sim.account.spend(Decimal("20.50"))
    sublime.run("refresh")
    assert "less than $5.00" in sublime.wait_told("$4.50 left")
    sublime.run("alert")
    sublime.pick("Details")
    sublime.wait_shown("Balance: $4.50")
    sublime.quit()
    sublime = home.open()
    sublime.wait_text("OpenRouter: $4.50")
    home.sim.account.spend(Decimal("3.60"))
    refresh_until(sublime, "OpenRouter: $0.90")
    sublime.wait_told("$0.90 left")
    assert "$4.50 left" not in "".join(sublime.told())
    sublime.run("alert")
    sublime.pick("Open OpenRouter")
    wait_for(lambda: browser.exists() and "openrouter.ai" in browser.read_text(), "the credits page")
    home.sim.account.top_up(Decimal(20))
    refresh_until(sublime, "OpenRouter: $20.90")
    sublime.wait_told("$20.00 bought")
    sublime.run("alert")
    sublime.pick("Snooze for an hour")
    sublime.wait_told("held back until")


def refresh_until(sublime, text):
    """For a new figure: within five seconds of a refresh, that one's answer is given again."""

    def is_there():
        sublime.run("refresh")
        return sublime.text().startswith(text)

    wait_for(is_there, lambda: f"{text!r}; there is {sublime.text()!r}")
