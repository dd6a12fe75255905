"""What can be done in Sublime Text alone; for the rest see `test_adapters_commands`."""

import sys

import pytest

from adapters import FULL, home_of
from scripted_bridge import ACTIONS, STATUS, details, refusal
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the host is driven by POSIX's means")

ALERT = {"id": "a1", "kind": "spend", "level": "warn", "title": "Spending fast", "message": "$40.00 an hour."}


HOSTILE = "<b>&amp;\"'</b><script> <a href='subl:exit'>é</a>"

home = home_of("sublime", "3.8")


# commands


def test_refresh_says_what_came_of_it(home):
    """For a moment, where nothing is in the way."""
    sublime = home.open()
    sublime.wait_text(FULL)
    sublime.run("refresh")
    sublime.wait_said(FULL)
    assert (sublime.outputs(), sublime.dialogs()) == ({}, [])


def test_a_refusal_is_shown_with_what_to_do(home, script):
    """In the status bar for a moment, and whole where it stays."""
    text = "Wait. " * 30
    script.write(refresh=[refusal(text, "Then try.")])
    sublime = home.play(script)
    sublime.run("refresh")
    sublime.wait_said("Wait.")
    assert sublime.said() == [f"OpenCredits: {text}Then try."]
    assert f"{text} Then try." in wait_for(lambda: "".join(sublime.outputs().values()), "the panel")


def test_an_error_of_an_odd_form_is_said(home, script):
    script.write(refresh=[{"error": {"code": -32603, "message": "Odd.", "data": "text"}}])
    sublime = home.play(script)
    sublime.run("refresh")
    sublime.wait_said("Odd.")


def test_the_log_opens(home):
    sublime = home.open()
    sublime.wait_text(FULL)
    sublime.run("log")
    log = str(home.state / "opencredits.log")
    wait_for(lambda: sublime.files()[-1] == log, lambda: f"{log}; open are {sublime.files()}")


def test_without_a_log_nothing_opens(home, script):
    """As on a machine on which no core has run so far."""
    sublime = home.play(script)
    sublime.run("log")
    assert str(home.state / "opencredits.log") in sublime.wait_said("has noted nothing so far")
    assert sublime.files() == [None]


def test_a_problem_takes_no_place_that_is_typed_into(home, script):
    """It is said, and written beside."""
    request = {"method": "save_setting", "params": {}}
    prompt = {"title": "Prompt", "into": "value", "secret": True}
    leaf = {"title": "One", "detail": "", "request": request, "prompt": prompt}
    script.write(menu=[{"result": {"title": "Menu", "choices": [leaf]}}])
    sublime = home.play(script)
    sublime.run("configure")
    sublime.choose("One")
    sublime.wait_input()
    sublime.type_input(text="abc")
    script.cue(notify="alert", params={**ALERT, "actions": ACTIONS})
    sublime.wait_said("Spending fast")
    assert sublime.panel() == "input"
    assert sublime.input_panel() == {"caption": "Prompt:", "text": "abc", "masked": True}
    assert "Spending fast" in sublime.outputs()["output.OpenCredits"]


def test_without_a_window_nothing_breaks(home, script):
    """As on macOS; a window that opens later has the text."""
    details = {"title": "T", "markdown": "", "text": "Page", "lists": []}
    script.write(details=[{"result": details}], menu=[{"result": {"title": "Menu", "choices": []}}])
    sublime = home.play(script)
    for window in sublime.window_ids():
        sublime.close_window(id=window)
    for command in ("refresh", "details", "configure", "act", "alert"):
        sublime.run(command)
    wait_for(lambda: len(script.params("details")) == 2 and script.params("menu"), "the requests")
    sublime.new_window()
    sublime.new_view()
    sublime.wait_text(STATUS["text"])


# menus, details


def test_a_menu_that_is_left_does_nothing(home, script):
    leaf = {"title": "One", "detail": "", "request": {"method": "save_setting", "params": {}}, "prompt": None}
    script.write(menu=[{"result": {"title": "Menu", "choices": [leaf]}}])
    sublime = home.play(script)
    sublime.run("configure")
    sublime.wait_row("One")
    sublime.leave_menu()
    sublime.run("configure")
    sublime.wait_row("One")
    assert [each.get("method") for each in script.received].count("save_setting") == 0


def test_a_hostile_menu_is_shown_as_it_is(home, script):
    """Details of a row are markup in Sublime."""
    leaf = {"title": HOSTILE, "detail": HOSTILE, "choices": []}
    script.write(menu=[{"result": {"title": HOSTILE, "choices": [leaf]}}])
    sublime = home.play(script)
    sublime.run("configure")
    sublime.wait_row(HOSTILE)
    assert sublime.rows() == [HOSTILE]
    (row,) = sublime.quick()["rows"]
    assert all("<" not in each for each in row["details"])


def test_details_are_a_popup(home, script):
    script.write(details=[details("Row")])
    sublime = home.play(script)
    sublime.run("details")
    sublime.wait_page("Row")
    assert sublime.shown()["kind"] == "popup"


def test_details_without_a_view_are_a_tab(home):
    sublime = home.open()
    sublime.wait_text(FULL)
    sublime.close()
    sublime.run("details")
    sublime.wait_page("Accounts")
    assert sublime.shown()["kind"] == "sheet"
    home.spend("1")
    sublime.act(FULL, "Refresh")
    sublime.wait_page("Balance: $24.00")


def test_open_details_follow_a_refresh(home):
    """And those that are closed stay so."""
    sublime = home.open()
    sublime.wait_text(FULL)
    sublime.run("details")
    sublime.wait_page("Balance: $25.00")
    home.spend("1")
    sublime.click(text="Refresh")
    sublime.wait_page("Balance: $24.00")
    sublime.command(name="hide_popup")
    sublime.run("refresh")
    wait_for(lambda: len(sublime.said()) == 2, "the answer")
    assert sublime.shown() is None


def test_what_can_be_done_needs_no_mouse(home):
    sublime = home.open()
    sublime.wait_text(FULL)
    home.spend("1")
    sublime.run("act")
    sublime.choose(FULL)
    sublime.choose("Refresh")
    sublime.wait_text("OpenRouter: $24.00")


def test_a_link_to_a_row_that_is_gone_does_nothing(home, script):
    sublime = home.play(script)
    sublime.command(name="open_credits_row", args={"row": 0})
    assert sublime.quick() is None


def test_hostile_details_are_shown_as_they_are(home, script):
    """Whatever a label holds: nothing of it is markup, and no link leads elsewhere."""
    row = {"id": HOSTILE, "text": HOSTILE, "detail": HOSTILE, "actions": ACTIONS}
    lists = [{"title": HOSTILE, "rows": [row]}]
    script.write(
        details=[
            {"result": {"title": HOSTILE, "markdown": "", "text": f"{HOSTILE}\n{HOSTILE}", "lists": lists}}
        ]
    )
    sublime = home.play(script)
    sublime.run("details")
    assert sublime.wait_page(HOSTILE).count(HOSTILE) == 5
    assert "subl:exit" not in [link["href"] for link in sublime.shown()["links"]]
    sublime.act("<script>", "Mute")
    wait_for(lambda: script.params("act"), "the request")
    assert script.params("act") == [{"subject": HOSTILE, "action": "mute"}]
