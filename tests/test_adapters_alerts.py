"""Alerts in each editor: each is told once, and what it offers can be done."""

from decimal import Decimal

import pytest

import adapters
from adapters import FULL
from scripted_bridge import ACTIONS, PAGE, STATUS, details, done
from waiting import wait_for

ALERT = {"id": "a1", "kind": "spend", "level": "warn", "title": "Spending fast", "message": "$40.00 an hour."}
BILL = "https://openrouter.example/credits?a=1&b=c"


@pytest.fixture(params=adapters.EDITORS)
def home(cli, request):
    """See editor_home.EditorHome."""
    with adapters.open_homes(request, *request.param) as (home,):
        yield home


def alert(script, **changes):
    """Have the core tell one."""
    script.cue(notify="alert", params={**ALERT, "actions": ACTIONS, **changes})


def test_an_alert_is_said_and_answered(home, script):
    """Whatever its level; the core hears that it is shown, and what the person chose."""
    script.write(act=[done(message="Done.")])
    editor = home.play(script)
    for number, level in enumerate(("info", "warn", "error"), 1):
        alert(script, id=level, title=f"Title {level}", level=level)
        editor.wait_said(f"OpenCredits: Title {level}. $40.00 an hour.")
        wait_for(lambda: script.params("shown")[-1:] == [{"id": level}], "the news that it is shown")  # noqa: B023
        editor.answer_alert("Stop the key")
        wait_for(lambda: len([each for each in editor.said() if "Done." in each]) == number, editor.scene)  # noqa: B023
        assert script.params("act")[-1] == {"subject": level, "action": "stop"}
    assert (len(script.params("act")), len(script.params("shown"))) == (3, 3)


def test_an_alert_without_actions_is_said(home, script):
    """Ours do not have our name twice."""
    editor = home.play(script)
    alert(script, title="OpenCredits", level="info", actions=[])
    assert editor.wait_said("$40.00") == "OpenCredits: $40.00 an hour."
    wait_for(lambda: script.params("shown") == [{"id": "a1"}], "the news that it is shown")


def test_of_several_alerts_one_is_answered(home, script):
    """The others go on waiting."""
    editor = home.play(script)
    for each in ("a1", "a2", "a3"):
        alert(script, id=each, title=f"Title {each}")
    wait_for(lambda: len(script.params("shown")) == 3, "all of them")
    editor.answer_alert("Stop the key", of="Title a2")
    wait_for(lambda: script.params("act") == [{"subject": "a2", "action": "stop"}], "the request")
    editor.answer_alert("Mute", of="Title a1")
    wait_for(lambda: script.params("act")[1:] == [{"subject": "a1", "action": "mute"}], "the other request")


@pytest.mark.parametrize("home", adapters.of("neovim", "vim", "sublime"), indirect=True)
def test_one_that_is_told_again_waits_once(home, script):
    """As one that was snoozed is; and one that was answered waits no more."""
    script.write(act=[done(message="Done.")])
    editor = home.play(script)
    for each in ("a1", "a2", "a1"):
        alert(script, id=each, title=f"Title {each}")
    wait_for(lambda: len(editor.said()) == 3, "all of them")
    editor.answer_alert("Stop the key", of="Title a1")
    editor.wait_said("Done.")
    editor.answer_alert("Mute")  # only one is left
    wait_for(lambda: script.params("act")[1:] == [{"subject": "a2", "action": "mute"}], "the other request")
    wait_for(lambda: len([each for each in editor.said() if "Done." in each]) == 2, "both answers")
    editor.run("alert")
    editor.wait_said("o alert waits")


def test_an_action_may_need_a_yes(home, script):
    """Without one, nothing is done."""
    script.write(act=[done(confirm={"text": "Really stop it?", "token": "t1"})])
    editor = home.play(script)
    alert(script)
    editor.wait_said("Spending fast")
    editor.answer_alert("Stop the key")
    editor.confirm("Really stop it?", yes=False)
    editor.run("refresh")
    wait_for(lambda: script.params("refresh"), "what came after it")
    alert(script)
    wait_for(lambda: len(script.params("shown")) == 2, "the alert once more")
    editor.answer_alert("Stop the key")
    editor.confirm("Really stop it?", yes=True)
    wait_for(lambda: len(script.params("act")) == 3, "the confirmed request")
    first = {"subject": "a1", "action": "stop"}
    assert script.params("act") == [first, first, {**first, "confirm": "t1"}]


def test_an_action_may_show_a_page(home, script):
    """Over the details, if they are open; it stays when figures change."""
    script.write(details=[details("Row")], act=[done(page=PAGE)])
    editor = home.play(script)
    editor.run("details")
    editor.wait_page("Row")
    alert(script)
    editor.wait_said("Spending fast")
    editor.answer_alert("Stop the key")
    editor.wait_page("What it is about.")
    script.cue(status={**STATUS, "text": "another"})
    editor.wait_text("another")
    assert "Row" not in editor.wait_page("What it is about.")


def test_an_action_may_open_a_page_in_the_browser(home, script):
    """Without a shell."""
    home.put_browser()
    script.write(act=[done(url=BILL)])
    editor = home.play(script)
    alert(script)
    editor.wait_said("Spending fast")
    editor.answer_alert("Stop the key")
    editor.wait_opened(BILL)


# the real core


def test_what_runs_out_is_told_once_and_can_be_answered(home):
    """An editor that is opened later does not say it again."""
    home.put_browser()
    home.configure('alerts.runaway = "off"')  # all of this happens within seconds
    editor = home.open()
    editor.wait_text(FULL)
    home.spend("20.50")
    editor.run("refresh")
    assert "less than $5.00" in editor.wait_said("$4.50 left")
    editor.answer_alert("Details")
    editor.wait_page("Balance: $4.50")
    editor = home.reopen(editor)
    editor.wait_text("OpenRouter: $4.50")
    home.spend("3.60")
    editor.run("refresh")
    editor.wait_said("$0.90 left")
    assert "$4.50 left" not in "".join(editor.said())
    editor.answer_alert("Open OpenRouter")
    editor.wait_opened("https://openrouter.ai/settings/credits")
    home.sim.account.top_up(Decimal(20))
    home.forget_refresh()
    editor.run("refresh")
    editor.wait_said("$20.00 bought")
    editor.answer_alert("Snooze for an hour")
    editor.wait_said("held back until")


@pytest.mark.parametrize("home", adapters.NEWEST, indirect=True)
def test_the_runaway_of_the_demo_is_told(home):
    """Without a key, and without asking anybody."""
    home.env["OPENROUTER_API_KEY"] = None
    editor = home.open({"demo": True})
    editor.wait_text("OpenRouter: $")
    editor.wait_said("is being spent")
    assert home.sim.count() == 0
