"""Alerts in real Vims: told once, when they can be seen, and what can be done about them."""

import os
import sys
from decimal import Decimal

import pytest

from scripted_bridge import STATUS
from vim_session import FULL, VERSIONS, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux and signals are POSIX's")

ALERT = {"id": "a1", "kind": "spend", "level": "warn", "title": "Spending fast", "message": "$40.00 an hour."}
ACTIONS = [{"id": "stop", "title": "Stop the key"}, {"id": "mute", "title": "Mute"}]


@pytest.fixture(params=VERSIONS)
def home(cli, request):
    """See vim_session.Home."""
    with open_home(cli, request.param) as home:
        yield home


def answer_of_act(**more):
    """The step in which the core answers to an action."""
    nothing = dict.fromkeys(("message", "confirm", "removed", "url", "page"))
    return {"result": {"status": STATUS, **nothing, **more}}


@pytest.mark.parametrize("level", ["info", "warn", "error"])
def test_an_alert_is_a_notification_and_waits_for_an_answer(home, script, level):
    script.write(act=[answer_of_act(message="The key is stopped.")])
    vim = home.play(script)
    script.cue(notify="alert", params={**ALERT, "level": level, "actions": ACTIONS})
    vim.wait_screen("$40.00 an hour.")
    vim.wait_screen("[answer: ':OpenCredits alert']")
    vim.wait_said("Spending fast. $40.00 an hour. [answer: ':OpenCredits alert']")
    wait_for(lambda: script.params("shown") == [{"id": "a1"}], "a sign that it is shown")
    assert not vim.waits_for_enter()
    answer_the_alert(vim)
    vim.wait_said("The key is stopped.")
    assert script.params("act") == [{"subject": "a1", "action": "stop"}]
    vim.command("OpenCredits alert")
    vim.wait_said("No alert waits")


def answer_the_alert(vim):
    """With the first of its actions."""
    vim.command("OpenCredits alert")
    vim.wait_screen(" Mute ")
    vim.type("Enter")


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


@pytest.mark.parametrize(("key", "sent"), [("y", 2), ("n", 1)])
def test_an_action_of_an_alert_may_need_a_yes(home, script, key, sent):
    question = answer_of_act(confirm={"text": "Really stop it?", "token": "t1"})
    script.write(act=[question])
    vim = home.play(script)
    script.cue(notify="alert", params={**ALERT, "actions": ACTIONS})
    vim.wait_said("Spending fast")
    answer_the_alert(vim)
    vim.wait_screen("Really stop it?")
    vim.type(key)
    first = {"subject": "a1", "action": "stop"}
    wait_for(lambda: len(script.params("act")) == sent, "the requests")
    assert script.params("act") == [first, {**first, "confirm": "t1"}][:sent]


PAGE = {"title": "The page", "markdown": "# It", "text": "What it is about.", "lists": []}


def test_an_action_of_an_alert_may_show_a_page(home, script):
    """Over the details, if they are open."""
    script.write(
        act=[answer_of_act(page=PAGE)],
        details=[{"result": {"title": "The details", "markdown": "", "text": "all", "lists": []}}],
    )
    vim = home.play(script)
    vim.command("OpenCredits details")
    vim.wait_screen(" The details ")
    script.cue(notify="alert", params={**ALERT, "actions": ACTIONS})
    vim.wait_said("Spending fast")
    answer_the_alert(vim)
    assert " The page " in vim.wait_screen("What it is about.")


URL = "https://example.org/a?b=1&c='$(touch x)'"


def put_browsers(home, *names, status=0):
    """Programs on PATH that write down what they are to open."""
    programs = home.path / "programs"
    programs.mkdir()
    for name in names:
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {home.path}/opened\nexit {status}\n')
        (programs / name).chmod(0o755)
    home.env["PATH"] = f"{programs}{os.pathsep}{home.env['PATH']}"


def wait_opened(home, words):
    """Wait until this has been opened."""
    opened = home.path / "opened"
    wait_for(lambda: opened.exists() and words in opened.read_text().splitlines(), words)


@pytest.mark.parametrize(("status", "said"), [(0, f"Opening {URL}"), (3, f"Open {URL} in your browser;")])
@pytest.mark.parametrize("option", ["", "let g:Openprg = 'own-browser --new'"])
def test_an_action_may_open_a_page_in_the_browser(home, script, status, said, option):
    """By the program that opens pages elsewhere in Vim, without a shell."""
    put_browsers(home, "xdg-open", "own-browser", status=status)
    script.write(act=[answer_of_act(url=URL)])
    vim = home.play(script, option)
    script.cue(notify="alert", params={**ALERT, "actions": ACTIONS})
    vim.wait_said("Spending fast")
    answer_the_alert(vim)
    vim.wait_said(said)
    wait_opened(home, f"{'own-browser --new' if option else 'xdg-open'} {URL}")


def test_without_a_browser_the_address_is_said(home, script):
    script.write(act=[answer_of_act(url=URL)])
    vim = home.play(script)
    vim.command(f"let $PATH = '{home.without_core()['PATH']}'")
    script.cue(notify="alert", params={**ALERT, "actions": ACTIONS})
    vim.wait_said("Spending fast")
    answer_the_alert(vim)
    vim.wait_said(f"Open {URL} in your browser; from here that was not possible.")


def test_of_several_alerts_one_is_chosen(home, script):
    vim = home.play(script)
    for each in ("a1", "a2", "a1"):
        script.cue(notify="alert", params={**ALERT, "id": each, "title": f"Title {each}", "actions": ACTIONS})
    wait_for(lambda: len(vim.said()) == 3, "all of them")
    vim.command("OpenCredits alert")
    assert vim.wait_screen("Title a2 ($40.00 an hour.)").count("Title") == 3  # one is the last message
    vim.type("j", "Enter")
    vim.wait_screen(" Stop the key ")
    vim.type("Enter")
    wait_for(lambda: script.params("act"), "the request")
    assert script.params("act") == [{"subject": "a2", "action": "stop"}]


# the real core


def test_what_runs_out_is_told_once_and_can_be_answered(home):
    """A Vim that is opened later does not say it again."""
    put_browsers(home, "xdg-open")
    home.configure("warn_below = 10")
    first = home.open()
    first.wait_text(FULL)
    home.sim.account.spend(Decimal(16))
    wait_said_after_a_poll(home, first, "OpenRouter: $9.00 left. That is less than $10.00.")
    answer(first, "Details")
    first.wait_screen("Balance: $9.00")
    first.quit()
    second = home.open()
    second.wait_text("OpenRouter: $9.00")
    home.sim.account.spend(Decimal("8.50"))
    wait_said_after_a_poll(home, second, "OpenRouter: $0.50 left. That is less than $1.00")
    assert len(second.said()) == 1
    answer(second, "Open OpenRouter")
    wait_opened(home, "xdg-open https://openrouter.ai/settings/credits")
    home.sim.account.top_up(Decimal(30))
    wait_said_after_a_poll(home, second, "OpenRouter: $30.00 bought.")
    answer(second, "Snooze for an hour")
    second.wait_said("held back until")


def wait_said_after_a_poll(home, vim, part):
    """A poll soon after another that somebody asked for gives the answer of that one."""
    wait_for(lambda: home.cli("refresh", env=home.env) and any(part in text for text in vim.said()), part)


def answer(vim, title):
    """Choose this for the alert that waits."""
    vim.command("OpenCredits alert")
    above = vim.wait_screen(f"║ {title} ").partition(f"║ {title} ")[0]
    row = above[above.rindex("╔") :].count("\n")
    vim.type(*"j" * (row - 1), "Enter")
