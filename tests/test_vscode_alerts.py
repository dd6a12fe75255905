"""Alerts in VS Code: the form of their notifications, and their pages; see also `test_adapters_alerts`."""

import sys

import pytest

from adapters import open_home
from scripted_bridge import ACTIONS, PAGE, STATUS, details, done
from vscode_session import VERSION
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's Chromium and /proc")

ALERT = {"id": "a1", "kind": "spend", "level": "warn", "title": "Spending fast", "message": "$40.00 an hour."}


@pytest.fixture
def home(cli, browser, request):
    """See vscode_home.Home."""
    with open_home(request, "vscode", VERSION) as home:
        yield home


def alert(script, **changes):
    """Have the core tell one."""
    script.cue(notify="alert", params={**ALERT, "actions": ACTIONS, **changes})


def test_alerts_are_notifications_in_the_form_of_their_level(home, script):
    """Many actions are chosen from a list: as buttons, their titles would be cut off."""
    window = home.play(script)
    for level, severity in {"info": "info", "warn": "warning", "error": "error"}.items():
        alert(script, title=level, level=level)
        window.wait_said(f"OpenCredits: {level}. $40.00 an hour.")
        assert window.notifications.severity(f"{level}.") == severity
        window.answer_alert("Mute")
    many = [{"id": f"do{number}", "title": f"Action {number}"} for number in range(1, 6)]
    alert(script, actions=many)
    buttons = wait_for(lambda: window.notifications.buttons("Spending fast"), "the buttons")
    assert buttons == ["Action 1", "Action 2", "More…"]
    window.notifications.push("More…")
    window.choose("Action 4")
    wait_for(lambda: script.params("act")[-1:] == [{"subject": "a1", "action": "do4"}], "the request")


def test_a_page_stays_until_the_person_wants_to_see_something_else(home, script):
    script.write(details=[details("Row")], act=[done(page=PAGE)])
    window = home.play(script)
    alert(script)
    window.answer_alert("Stop the key")
    window.wait_page("What it is about.")
    script.cue(status={**STATUS, "text": "other"})
    window.wait_text("other")
    assert script.params("details") == []
    window.push_on_page("Refresh")
    window.wait_page("Row")
