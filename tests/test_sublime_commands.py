"""What can be done in Sublime Text: commands, settings, menus, details, alerts; in our own host."""

import json
import sys
from decimal import Decimal

import pytest

from processes import is_running
from scripted_bridge import STATUS
from sublime_session import FULL, VERSIONS, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the host is driven by POSIX's means")

ALERT = {"id": "a1", "kind": "spend", "level": "warn", "title": "Spending fast", "message": "$40.00 an hour."}
ACTIONS = [{"id": "stop", "title": "Stop the key"}, {"id": "mute", "title": "Mute"}]
HOSTILE = "<b>&amp;\"'</b><script> <a href='subl:exit'>é</a>"


@pytest.fixture(params=["3.8"])
def home(cli, request):
    """See sublime_session.Home."""
    with open_home(cli, request.param) as home:
        yield home


def scripted(home, script, **settings):
    """A Sublime whose core plays the script, once it is up."""
    sublime = home.open_scripted(script.command, **settings)
    sublime.wait_text(STATUS["text"])
    return sublime


# commands


@pytest.mark.parametrize("home", VERSIONS, indirect=True)
def test_refresh_asks_now_and_says_what_came_of_it(home):
    sublime = home.open()
    sublime.wait_text(FULL)
    home.sim.account.spend(Decimal(1))
    sublime.run("refresh")
    sublime.wait_text("OpenRouter: $24.00")
    sublime.wait_told("OpenRouter: $24.00")
    assert sublime.outputs() == {}
    assert sublime.dialogs() == []


def refusal(message, action=None):
    """The step in which the core refuses."""
    return {"error": {"code": -32011, "message": message, "data": {"kind": "x", "action": action}}}


def test_a_refusal_is_shown_with_what_to_do(home, script):
    """In the status bar for a moment, and whole where it stays."""
    text = "Wait. " * 30
    script.write(refresh=[refusal(text, "Then try.")])
    sublime = scripted(home, script)
    sublime.run("refresh")
    sublime.wait_told("Wait.")
    assert sublime.said() == [f"OpenCredits: {text}Then try."]
    assert f"{text} Then try." in wait_for(lambda: "".join(sublime.outputs().values()), "the panel")


def test_a_message_of_the_core_is_said(home, script):
    script.write(refresh=[{"result": {"status": STATUS, "message": "Once a minute is enough."}}])
    sublime = scripted(home, script)
    sublime.run("refresh")
    sublime.wait_told("Once a minute is enough.")
    assert len(sublime.said()) == 1


def test_an_error_of_an_odd_form_is_said(home, script):
    script.write(refresh=[{"error": {"code": -32603, "message": "Odd.", "data": "text"}}])
    sublime = scripted(home, script)
    sublime.run("refresh")
    sublime.wait_told("Odd.")


def test_the_log_opens(home):
    sublime = home.open()
    sublime.wait_text(FULL)
    sublime.run("log")
    log = str(home.state / "opencredits.log")
    wait_for(lambda: sublime.files()[-1] == log, lambda: f"{log}; open are {sublime.files()}")


def test_without_a_log_nothing_opens(home, script):
    """As on a machine on which no core has run so far."""
    sublime = scripted(home, script)
    sublime.run("log")
    assert str(home.state / "opencredits.log") in sublime.wait_told("has noted nothing so far")
    assert sublime.files() == [None]


def test_a_problem_takes_no_place_that_is_typed_into(home, script):
    """It is said, and written beside."""
    request = {"method": "save_setting", "params": {}}
    prompt = {"title": "Prompt", "into": "value", "secret": True}
    leaf = {"title": "One", "detail": "", "request": request, "prompt": prompt}
    script.write(menu=[{"result": {"title": "Menu", "choices": [leaf]}}])
    sublime = scripted(home, script)
    sublime.run("configure")
    sublime.pick("One")
    sublime.wait_input()
    sublime.type_input(text="abc")
    script.cue(notify="alert", params={**ALERT, "actions": ACTIONS})
    sublime.wait_told("Spending fast")
    assert sublime.panel() == "input"
    assert sublime.input_panel() == {"caption": "Prompt:", "text": "abc", "masked": True}
    assert "Spending fast" in sublime.outputs()["output.OpenCredits"]


def test_without_a_window_nothing_breaks(home, script):
    """As on macOS; a window that opens later has the text."""
    details = {"title": "T", "markdown": "", "text": "Page", "lists": []}
    script.write(details=[{"result": details}], menu=[{"result": {"title": "Menu", "choices": []}}])
    sublime = scripted(home, script)
    for window in sublime.window_ids():
        sublime.close_window(id=window)
    for command in ("refresh", "details", "configure", "act", "alert"):
        sublime.run(command)
    wait_for(lambda: len(script.params("details")) == 2 and script.params("menu"), "the requests")
    sublime.new_window()
    sublime.new_view()
    sublime.wait_text(STATUS["text"])


# settings


def test_settings_take_effect_without_a_restart(home):
    """At once, as a person saves them; and what is taken back is taken back."""
    sublime = home.open(format="{amount}")
    sublime.wait_text("$25.00")
    core = sublime.core()
    sublime.settings(format="<{amount}>", accounts=[])
    sublime.wait_text("<$25.00>")
    sublime.settings(format="[{amount}]", rate_window=30, update_interval="1 hour")
    sublime.wait_text("[$25.00]")
    sublime.settings(show_in_status_bar=False)
    wait_for(lambda: sublime.text() == "", "nothing")
    sublime.settings("")
    sublime.wait_text(FULL)
    assert sublime.cores() == [core]
    assert sublime.told() == []


def test_only_what_has_changed_is_sent(home, script):
    sublime = scripted(home, script, a=1, b=True, c="x")
    sublime.settings(command=script.command, a="1", b=True, d=[1.5])
    sublime.settings(command=script.command, a="1", b=True, d=[1.5])
    sublime.run("refresh")
    wait_for(lambda: script.params("refresh"), "the request after it")
    assert script.params("initialize")[0]["settings"] == {"a": 1, "b": True, "c": "x"}
    assert script.params("settings") == [{"a": "1", "c": None, "d": [1.5]}]
    sublime.run("restart")
    wait_for(lambda: len(script.params("initialize")) == 2, "the other start")
    assert script.params("initialize")[1]["settings"] == {"a": "1", "b": True, "d": [1.5]}


def test_a_true_is_not_a_one(home, script):
    """For Python they are equal, for the core they are not."""
    sublime = scripted(home, script, a=True, b=1)
    sublime.settings(command=script.command, a=1, b=1.0)
    wait_for(lambda: script.params("settings"), "the request")
    assert json.dumps(script.params("settings")[0]["a"]) == "1"


def test_settings_that_are_changed_before_the_core_is_up_are_sent(home, script):
    script.write(start=[{"until": "never"}])
    sublime = home.open_scripted(script.command, a=1)
    wait_for(lambda: script.params("initialize"), "the first request")
    script.write()
    sublime.settings(command=script.command, a=2)
    sublime.run("restart")
    wait_for(lambda: len(script.params("initialize")) == 2, "the other start")
    assert script.params("initialize")[1]["settings"] == {"a": 2}


def test_a_setting_that_cannot_be_used_is_named_once(home):
    sublime = home.open(update_interval="soon")
    assert "soon" in sublime.wait_told("update_interval")
    sublime.wait_text(FULL)
    core = sublime.core()
    sublime.run("restart")
    wait_for(lambda: sublime.cores() not in ([], [core]), "another core")
    sublime.run("details")
    sublime.wait_shown("Accounts")
    assert len(sublime.said()) == 1


def test_settings_of_a_wrong_kind_are_named(home):
    """Their defaults are taken."""
    sublime = home.open(enabled="yes", command=[5], demo=1)
    sublime.wait_text(FULL)
    said = sublime.wait_told('"enabled"')
    assert '"command"' in said
    assert '"demo"' in said


def test_a_settings_file_that_is_broken_is_as_none(home):
    sublime = home.open(format="{amount}")
    sublime.wait_text("$25.00")
    sublime.settings("{ // half")
    sublime.wait_text(FULL)


def test_switched_off_there_is_no_core_and_no_text(home):
    sublime = home.open(enabled=False)
    sublime.run("refresh")
    sublime.wait_told("switched off")
    assert (sublime.text(), sublime.cores()) == ("", [])
    sublime.settings(enabled=True)
    sublime.wait_text(FULL)
    core = sublime.core()
    sublime.settings(enabled=False)
    wait_for(lambda: sublime.text() == "" and not is_running(core), "nothing")
    sublime.run("restart")
    assert sublime.statuses() == {view: {} for view in sublime.statuses()}
    assert sublime.cores() == []


def test_the_demo_needs_no_key(home):
    sublime = home.open(demo=True, env={"OPENROUTER_API_KEY": None})
    sublime.wait_text("OpenRouter: $")
    sublime.wait_told("is being spent")  # its runaway
    assert home.sim.count() == 0
    sublime.settings(demo=False)
    sublime.wait_text("OpenRouter: Set API key")


def test_another_command_is_run_at_once(home, script):
    sublime = home.open()
    sublime.wait_text(FULL)
    core = sublime.core()
    sublime.settings(command=script.command)
    sublime.wait_text(STATUS["text"])
    wait_for(lambda: not is_running(core), "the end of the other")


# focus


def test_focus_is_told(home, script):
    """Another view of this editor is no loss of it."""
    sublime = scripted(home, script)
    sublime.new_view()
    sublime.blur()
    wait_for(lambda: {"focused": False} in script.params("focus"), "the loss")
    sublime.focus()
    wait_for(lambda: script.params("focus")[-1] == {"focused": True}, "the gain")
    told = script.params("focus")
    assert told.count({"focused": False}) == 1


def test_the_first_input_after_a_while_is_told_once(home, script):
    sublime = scripted(home, script)
    wait_for(lambda: script.params("focus") == [{"focused": True}], "the beginning")
    for text in ("a", "ab", "abc"):
        sublime.edit(text=text)
    wait_for(lambda: len(script.params("focus")) > 1, "the first")
    sublime.run("refresh")
    wait_for(lambda: script.params("refresh"), "what came after it")
    assert script.params("focus") == [{"focused": True}] * 2


def test_a_new_core_hears_where_the_person_is(home, script):
    """At once: who starts an editor is in it. One that was left is not where the person is."""
    sublime = scripted(home, script)
    wait_for(lambda: script.params("focus") == [{"focused": True}], "the first core hears it")
    sublime.run("restart")
    wait_for(lambda: script.params("focus") == [{"focused": True}] * 2, "the second hears it too")
    sublime.blur()
    wait_for(lambda: script.params("focus")[2:] == [{"focused": False}], "the loss")
    sublime.run("restart")
    sublime.run("refresh")
    wait_for(lambda: script.params("refresh"), "the third is up")
    assert len(script.params("focus")) == 3


def test_without_a_window_the_person_is_not_here(home, script):
    """As on macOS, where an editor may start without one."""
    sublime = scripted(home, script)
    wait_for(lambda: script.params("focus"), "the first core hears it")
    (window,) = sublime.window_ids()
    sublime.close_window(id=window)
    sublime.run("restart")
    sublime.run("refresh")
    wait_for(lambda: script.params("refresh"), "another is up")
    assert len(script.params("focus")) == 1


# menus, details


@pytest.mark.parametrize("home", VERSIONS, indirect=True)
def test_the_menu_changes_the_interval_for_all_editors(home):
    sublime = home.open()
    sublime.wait_text(FULL)
    sublime.run("configure")
    sublime.pick("Update interval")
    sublime.pick("15 minutes")
    sublime.wait_told("update_interval is 15m now")
    assert 'update_interval = "15m"' in home.config.read_text()


def test_a_menu_that_is_left_does_nothing(home, script):
    leaf = {"title": "One", "detail": "", "request": {"method": "save_setting", "params": {}}, "prompt": None}
    script.write(menu=[{"result": {"title": "Menu", "choices": [leaf]}}])
    sublime = scripted(home, script)
    sublime.run("configure")
    sublime.wait_rows("One")
    sublime.choose(row=-1)
    sublime.run("configure")
    sublime.wait_rows("One")
    assert [each.get("method") for each in script.received].count("save_setting") == 0


def test_a_hostile_menu_is_shown_as_it_is(home, script):
    """Details of a row are markup in Sublime."""
    leaf = {"title": HOSTILE, "detail": HOSTILE, "choices": []}
    script.write(menu=[{"result": {"title": HOSTILE, "choices": [leaf]}}])
    sublime = scripted(home, script)
    sublime.run("configure")
    sublime.wait_rows("<script>")
    assert sublime.rows() == [HOSTILE]
    (row,) = sublime.quick()["rows"]
    assert all("<" not in each for each in row["details"])


@pytest.mark.parametrize("text", ["{amount}", "ünï 💸"])
def test_a_prompt_that_is_no_secret(home, script, text):
    request = {"method": "save_setting", "params": {"name": "format"}}
    prompt = {"title": "Format", "into": "value", "secret": False}
    leaf = {"title": "One", "detail": "", "request": request, "prompt": prompt}
    script.write(menu=[{"result": {"title": "Menu", "choices": [leaf]}}])
    sublime = scripted(home, script)
    sublime.run("configure")
    sublime.pick("One")
    panel = sublime.wait_input()
    assert "Format" in panel["caption"]
    assert panel["masked"] is False
    sublime.type_input(text=text)
    sublime.press(key="enter")
    wait_for(lambda: script.params("save_setting"), "the request")
    assert script.params("save_setting") == [{"name": "format", "value": text}]


@pytest.mark.parametrize("home", VERSIONS, indirect=True)
def test_details_are_a_popup_with_actions(home):
    sublime = home.open()
    sublime.wait_text(FULL)
    sublime.run("details")
    page = sublime.wait_shown("Accounts")
    assert page["kind"] == "popup"
    assert "Balance: $25.00" in page["text"]
    home.sim.account.spend(Decimal(1))
    sublime.click(text=FULL)
    sublime.pick("Refresh")
    sublime.wait_shown("Balance: $24.00")


def test_details_without_a_view_are_a_tab(home):
    sublime = home.open()
    sublime.wait_text(FULL)
    sublime.close()
    sublime.run("details")
    page = sublime.wait_shown("Accounts")
    assert page["kind"] == "sheet"
    home.sim.account.spend(Decimal(1))
    sublime.click(text=FULL)
    sublime.pick("Refresh")
    sublime.wait_shown("Balance: $24.00")


def test_open_details_follow_a_refresh(home):
    """And those that are closed stay so."""
    sublime = home.open()
    sublime.wait_text(FULL)
    sublime.run("details")
    sublime.wait_shown("Balance: $25.00")
    home.sim.account.spend(Decimal(1))
    sublime.click(text="Refresh")
    sublime.wait_shown("Balance: $24.00")
    sublime.command(name="hide_popup")
    sublime.run("refresh")
    wait_for(lambda: len(sublime.said()) == 2, "the answer")
    assert sublime.shown() is None


def test_what_can_be_done_needs_no_mouse(home):
    sublime = home.open()
    sublime.wait_text(FULL)
    home.sim.account.spend(Decimal(1))
    sublime.run("act")
    sublime.pick(FULL)
    sublime.pick("Refresh")
    sublime.wait_text("OpenRouter: $24.00")


def test_a_link_to_a_row_that_is_gone_does_nothing(home, script):
    sublime = scripted(home, script)
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
    sublime = scripted(home, script)
    sublime.run("details")
    page = sublime.wait_shown(HOSTILE)
    assert page["text"].count(HOSTILE) == 5
    assert "subl:exit" not in [link["href"] for link in page["links"]]
    sublime.click(text="<script>")
    sublime.pick("Mute")
    wait_for(lambda: script.params("act"), "the request")
    assert script.params("act") == [{"subject": HOSTILE, "action": "mute"}]


@pytest.mark.parametrize(("answer", "sent"), [("Yes", 2), ("No", 1), (-1, 1)])
def test_what_needs_a_yes_is_asked(home, script, answer, sent):
    row = {"id": "r1", "text": "Row", "detail": None, "actions": [{"id": "drop", "title": "Drop it"}]}
    lists = [{"title": "Rows", "rows": [row]}]
    question = {"status": STATUS, "message": None, "confirm": {"text": "Really drop it?", "token": "t1"}}
    script.write(
        details=[{"result": {"title": "T", "markdown": "", "text": "page", "lists": lists}}],
        act=[{"result": question}],
    )
    sublime = scripted(home, script)
    sublime.run("details")
    sublime.wait_shown("Row")
    sublime.click(text="Row")
    sublime.pick("Drop it")
    sublime.wait_rows("Yes")
    quick = sublime.quick()
    assert "Really drop it?" in json.dumps(quick)
    sublime.choose(row=answer)
    first = {"subject": "r1", "action": "drop"}
    sublime.run("refresh")
    wait_for(lambda: script.params("refresh"), "what came after it")
    assert script.params("act") == [first, {**first, "confirm": "t1"}][:sent]
