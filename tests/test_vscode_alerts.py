"""Alerts in VS Code: each is shown once, and what it offers can be done; in real windows."""

import sys
from decimal import Decimal

import pytest

from scripted_bridge import STATUS
from vscode_session import FULL, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's Chromium and /proc")

ALERT = {"id": "a1", "kind": "spend", "level": "warn", "title": "Spending fast", "message": "$40.00 an hour."}
ACTIONS = [{"id": "stop", "title": "Stop the key"}, {"id": "mute", "title": "Mute"}]
PAGE = {"title": "Alert", "markdown": "", "text": "Spending\nsince noon", "lists": []}
ROW = {"id": "r1", "text": "Row", "detail": None, "actions": ACTIONS}
DETAILS = {**PAGE, "text": "All", "lists": [{"title": "Rows", "rows": [ROW]}]}
BILL = "https://openrouter.example/credits?a=1&b=c"


@pytest.fixture
def home(cli, browser):
    """See vscode_session.Home."""
    with open_home(cli, browser) as home:
        yield home


def scripted(home, script, act=None, **steps):
    """A window whose core plays the script, once it is up; `act` is in its answer to that."""
    if act is not None:
        steps["act"] = [{"result": {"status": STATUS, "message": None, "confirm": None, **act}}]
    script.write(**steps)
    window = home.open_scripted(script.command)
    window.wait_text(STATUS["text"])
    return window


def alert(script, **changes):
    """Have the core tell one."""
    script.cue(notify="alert", params={**ALERT, "actions": ACTIONS, **changes})


def test_alerts_are_notifications_with_their_actions(home, script):
    """In the form of their level; the core is told that they are shown."""
    window = scripted(home, script)
    levels = {"info": "info", "warn": "warning", "error": "error"}
    for number, (level, severity) in enumerate(levels.items(), 1):
        alert(script, id=level, title=level, level=level)
        window.wait_said(f"OpenCredits: {level}. $40.00 an hour.")
        assert window.severity() == severity
        window.push("Mute")
        wait_for(lambda: len(script.params("act")) == number, "the request")  # noqa: B023
    assert script.params("act") == [{"subject": level, "action": "mute"} for level in levels]
    assert script.params("shown") == [{"id": level} for level in levels]


def test_many_actions_are_chosen_from_a_list(home, script):
    """As buttons, their titles would be cut off."""
    window = scripted(home, script)
    alert(script, actions=[{"id": f"do{number}", "title": f"Action {number}"} for number in range(1, 6)])
    window.wait_said("Spending fast")
    assert window.buttons() == ["Action 1", "Action 2", "More…"]
    window.push("More…")
    window.choose("Action 4")
    wait_for(lambda: script.params("act"), "the request")
    assert script.params("act") == [{"subject": "a1", "action": "do4"}]


@pytest.mark.parametrize(("choice", "sent"), [("Yes", 2), ("Cancel", 1)])
def test_what_needs_a_yes_is_asked(home, script, choice, sent):
    window = scripted(home, script, {"confirm": {"text": "Really stop it?", "token": "t1"}})
    alert(script)
    window.push("Stop the key")
    assert "Really stop it?" in window.dialog()
    window.push(choice)
    first = {"subject": "a1", "action": "stop"}
    wait_for(lambda: len(script.params("act")) == sent, "the requests")
    assert script.params("act") == [first, {**first, "confirm": "t1"}][:sent]


def test_a_page_is_shown_as_details_are_and_stays(home, script):
    """Until the person wants to see something else: not when figures change."""
    window = scripted(home, script, {"page": PAGE}, details=[{"result": DETAILS}])
    alert(script)
    window.push("Stop the key")
    window.wait_page("since noon")
    script.cue(status={**STATUS, "text": "other"})
    window.wait_text("other")
    assert script.params("details") == []
    window.push_on_page("Refresh")
    window.wait_page("Row")


def test_a_page_of_a_row_takes_the_place_of_the_details(home, script):
    window = scripted(home, script, {"page": PAGE}, details=[{"result": DETAILS}])
    window.run("OpenCredits: Show Details")
    window.wait_page("Row")
    window.push_on_page("Mute")
    window.wait_page("since noon")


def test_a_web_page_opens_in_the_persons_browser(home, script):
    window = scripted(home, script, {"url": BILL})
    window.do(window.server.profile.route, BILL, lambda route: route.fulfill(body="The bill"))
    alert(script)
    window.push("Stop the key")
    assert BILL in window.dialog()  # VS Code itself asks before it leaves to a site that it does not know
    assert window.push_for_tab("Open") == BILL


# with the real core


def test_a_balance_that_falls_is_told_once(home):
    """What is offered works; a window that is loaded anew does not say it again."""
    home.configure('alerts.runaway = "off"')  # all of this happens within seconds
    window = home.open()
    window.wait_text(FULL)
    home.sim.account.spend(Decimal("20.50"))
    window.click()
    assert "less than $5.00" in window.wait_said("$4.50 left")
    window.push("Details")
    window.wait_page("Balance: $4.50")
    window.reload()
    window.wait_text("OpenRouter: $4.50")
    home.sim.account.spend(Decimal("3.60"))
    window.click_until("OpenRouter: $0.90")
    window.wait_said("$0.90 left")
    assert len(window.said()) == 1
    window.push("Open OpenRouter")
    assert "https://openrouter.ai/settings/credits" in window.dialog()
    window.push("Cancel")
    home.sim.account.top_up(Decimal(20))
    window.click_until("OpenRouter: $20.90")
    window.wait_said("$20.00 bought")
    window.push("More…")
    window.choose("Snooze for an hour")
    window.wait_said("held back until")


def test_the_demos_runaway_is_told(home):
    window = home.open({"opencredits.demo": True}, env={"OPENROUTER_API_KEY": None})
    window.wait_text("OpenRouter: $")
    window.wait_said("is being spent")
    assert home.sim.count() == 0
