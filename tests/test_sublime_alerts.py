"""Alerts in Sublime Text: how they are shown, and the browser; see also `test_adapters_alerts`."""

import sys

import pytest

from adapters import home_of
from scripted_bridge import ACTIONS, STATUS, done
from sublime_session import VERSIONS
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the host is driven by POSIX's means")

ALERT = {"id": "a1", "kind": "spend", "level": "warn", "title": "Spending fast", "message": "$40.00 an hour."}


BILL = "https://openrouter.example/credits?a=1&b=%20c"

home = home_of("sublime", "3.8")


def alert(script, **changes):
    """Have the core tell one."""
    script.cue(notify="alert", params={**ALERT, "actions": ACTIONS, **changes})


@pytest.mark.parametrize("level", ["info", "warn", "error"])
def test_an_alert_is_no_dialog_and_says_how_to_answer(home, script, level):
    sublime = home.play(script)
    alert(script, level=level)
    said = sublime.wait_said("Spending fast. $40.00 an hour.")
    assert "['OpenCredits: Answer Alert': Stop the key | Mute]" in said
    assert sublime.dialogs() == []


def test_an_alert_that_only_informs_opens_nothing(home, script):
    sublime = home.play(script)
    alert(script, level="info", actions=[])
    sublime.wait_said("$40.00")
    assert sublime.panel() is None


# whether it is seen


def without_window(home, script):
    """A Sublime without one, as macOS has it, that was told of an alert."""
    script.write(refresh=[{"notify": "alert", "params": {**ALERT, "actions": ACTIONS}}])
    sublime = home.play(script)
    for window in sublime.window_ids():
        sublime.close_window(id=window)
    sublime.run("refresh")
    sublime.wait_said(STATUS["text"])  # the answer, which came after it
    assert (sublime.said(), script.params("shown")) == ([STATUS["text"]], [])
    return sublime


def test_an_alert_waits_for_a_window(home, script):
    """It counts as shown only then."""
    sublime = without_window(home, script)
    sublime.new_window()
    sublime.new_view()
    sublime.wait_said("Spending fast")
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


# the browser


@pytest.mark.parametrize("home", VERSIONS, indirect=True)
def test_a_web_page_opens_in_the_persons_browser(home, script):
    """And nothing more needs to be said."""
    home.put_browser()
    script.write(act=[done(url=BILL)])
    sublime = home.play(script)
    alert(script)
    sublime.wait_said("Spending fast")
    sublime.answer_alert("Stop the key")
    sublime.wait_opened(BILL)
    assert len(sublime.said()) == 1


def test_without_a_browser_the_page_is_named(home, script, tmp_path):
    home.env |= {"BROWSER": None, "PATH": str(tmp_path), "DISPLAY": None, "TERM": None}
    script.write(act=[done(url=BILL)])
    sublime = home.play(script)
    alert(script)
    sublime.wait_said("Spending fast")
    sublime.answer_alert("Stop the key")
    assert BILL in sublime.wait_said("No browser could be opened.")
