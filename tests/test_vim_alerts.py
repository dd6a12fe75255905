"""Alerts in real Vims: when they can be seen, and the browser; see also `test_adapters_alerts`."""

import sys

import pytest

from adapters import home_of
from scripted_bridge import ACTIONS, STATUS, done
from vim_session import VERSIONS
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux and signals are POSIX's")

ALERT = {"id": "a1", "kind": "spend", "level": "warn", "title": "Spending fast", "message": "$40.00 an hour."}

home = home_of("vim", *VERSIONS)


@pytest.mark.parametrize("level", ["info", "warn", "error"])
def test_an_alert_stops_nothing_and_says_how_to_answer(home, script, level):
    vim = home.play(script)
    script.cue(notify="alert", params={**ALERT, "level": level, "actions": ACTIONS})
    vim.wait_screen("$40.00 an hour.")
    vim.wait_screen("[answer: ':OpenCredits alert']")
    vim.wait_said("Spending fast. $40.00 an hour. [answer: ':OpenCredits alert']")
    assert not vim.waits_for_enter()


def test_an_alert_waits_until_it_can_be_seen(home, script):
    """Before that it does not count as shown: Vim may wait for a key, and draws nothing."""
    vim = home.play(script)
    vim.type(":echo 'one' | echo 'two'", "Enter")
    wait_for(vim.waits_for_enter, "a question for a key")
    cue_unseen(script, vim)
    vim.type("Enter")
    vim.wait_screen("$40.00 an hour.")
    wait_for(lambda: script.params("shown") == [{"id": "a1"}], "a sign that it is shown")


def cue_unseen(script, vim):
    """An alert that arrives while nobody can see it."""
    script.cue(notify="alert", params={**ALERT, "actions": ACTIONS})
    script.cue(status={**STATUS, "text": "after it"})
    vim.wait_text("after it")
    assert script.params("shown") == []


def test_an_alert_of_a_core_that_has_ended_is_not_shown(home, script):
    """It is told again, or to another editor."""
    vim = home.play(script)
    vim.type(":echo 'one' | echo 'two'", "Enter")
    wait_for(vim.waits_for_enter, "a question for a key")
    cue_unseen(script, vim)
    script.cue(exit=1)
    wait_for(lambda: len(script.params("focus")) == 2, "another core")
    script.cue(notify="alert", params={**ALERT, "id": "a2", "title": "Another", "actions": []})
    vim.type("Enter")
    wait_for(lambda: script.params("shown"), "a sign that the other is shown")
    vim.wait_said("Another. $40.00 an hour.")
    looks_again = "len(filter(timer_info(), 'v:val.time == 300'))"
    wait_for(lambda: vim.eval(looks_again) == 0, "the last look whether it can be shown")
    assert (len(vim.said()), script.params("shown")) == (1, [{"id": "a2"}])


URL = "https://example.org/a?b=1&c='$(touch x)'"


def put_browsers(home, status):
    """Programs on PATH that write down what they are to open."""
    programs = home.path / "programs"
    programs.mkdir()
    for name in ("xdg-open", "own-browser"):
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {home.path}/opened\nexit {status}\n')
        (programs / name).chmod(0o755)
    home.put_on_path(programs)


@pytest.mark.parametrize(("status", "said"), [(0, f"Opening {URL}"), (3, f"Open {URL} in your browser;")])
@pytest.mark.parametrize("option", ["", "let g:Openprg = 'own-browser --new'"])
def test_an_action_may_open_a_page_in_the_browser(home, script, status, said, option):
    """By the program that opens pages elsewhere in Vim, without a shell."""
    put_browsers(home, status)
    script.write(act=[done(url=URL)])
    vim = home.play(script, vimrc=option)
    script.cue(notify="alert", params={**ALERT, "actions": ACTIONS})
    vim.wait_said("Spending fast")
    vim.answer_alert("Stop the key")
    vim.wait_said(said)
    vim.wait_opened(f"{'own-browser --new' if option else 'xdg-open'} {URL}")


def test_without_a_browser_the_address_is_said(home, script):
    script.write(act=[done(url=URL)])
    vim = home.play(script)
    vim.command(f"let $PATH = '{home.without_core()['PATH']}'")
    script.cue(notify="alert", params={**ALERT, "actions": ACTIONS})
    vim.wait_said("Spending fast")
    vim.answer_alert("Stop the key")
    vim.wait_said(f"Open {URL} in your browser; from here that was not possible.")
