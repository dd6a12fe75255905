"""What can be done in each editor: refresh, options, menus, and the actions of the rows of the details."""

import pytest

import adapters
from adapters import FULL
from processes import is_running
from scripted_bridge import PAGE, STATUS, details, done, refusal
from waiting import wait_for


@pytest.fixture(params=adapters.EDITORS)
def home(cli, request):
    """See editor_home.EditorHome."""
    with adapters.open_homes(request, *request.param) as (home,):
        yield home


@pytest.mark.parametrize("home", adapters.ALL, indirect=True)
def test_refresh_asks_now_and_details_have_actions(home):
    """One poll is two requests; what an action has changed is seen on the page."""
    editor = home.open()
    editor.wait_text(FULL)
    before = home.sim.count()
    home.spend("1")
    editor.run("refresh")
    editor.wait_text("OpenRouter: $24.00")
    assert home.sim.count() == before + 2
    editor.run("details")
    assert "Balance: $24.00" in editor.wait_page("Accounts")
    home.spend("1")
    editor.act("OpenRouter: $24.00", "Refresh")
    editor.wait_page("Balance: $23.00")
    editor.wait_text("OpenRouter: $23.00")


def test_answers_are_said(home, script):
    """A refusal with what to do next."""
    script.write(refresh=[refusal("Not now.", "Then try.")])
    editor = home.play(script)
    editor.run("refresh")
    assert "Then try." in editor.wait_said("OpenCredits: Not now.")
    script.write(refresh=[done(message="Asked 3 s ago.")])
    editor.run("restart")
    wait_for(lambda: len(script.params("initialize")) == 2, "another core")
    editor.run("refresh")
    editor.wait_said("OpenCredits: Asked 3 s ago.")
    assert len(editor.said()) == 2


# options


def test_options_take_effect_without_a_restart(home):
    """And what is taken back is taken back."""
    editor = home.open({"format": "{amount}"})
    editor.wait_text("$25.00")
    core = editor.core()
    editor.set_options(format="<{amount}>", rate_window=30, update_interval="1 hour", accounts=[])
    editor.wait_text("<$25.00>")
    editor.set_options(show_in_status_bar=False)
    wait_for(lambda: editor.text() == "", editor.scene)
    editor.set_options()
    editor.wait_text(FULL)
    assert (editor.cores(), editor.said()) == ([core], [])


def test_only_what_has_changed_is_sent(home, script):
    editor = home.play(script, {"format": "x", "show_in_status_bar": True, "rate_window": 30})
    editor.set_options(accounts=["default"], show_in_status_bar=True, rate_window=31)
    wait_for(lambda: script.params("settings"), "the request")
    editor.run("refresh")
    wait_for(lambda: script.params("refresh"), "what came after it")
    assert script.params("settings") == [{"format": None, "accounts": ["default"], "rate_window": 31}]
    assert len(script.starts) == 1


def test_an_option_that_cannot_be_used_is_named_once(home):
    """Its default is taken."""
    editor = home.open({"update_interval": "soon"})
    assert "soon" in editor.wait_said("update_interval")
    editor.wait_text(FULL)
    before = editor.core()
    editor.run("restart")
    editor.wait_other_core(before)
    editor.run("details")
    editor.wait_page("Accounts")
    assert len(editor.said()) == 1


def test_switched_off_there_is_no_core_and_no_text(home):
    """And back again; with the demo, which needs no key and asks nobody."""
    editor = home.open({"enabled": False})
    editor.run("refresh")
    editor.wait_said("switched off")
    assert (editor.text(), editor.cores()) == ("", [])
    editor.set_options()
    editor.wait_text(FULL)
    asked = home.sim.count()
    editor.set_options(demo=True)
    editor.wait_text("OpenRouter: $7.")
    assert home.sim.count() == asked
    editor.set_options()
    editor.wait_text(FULL)
    core = editor.core()
    editor.set_options(enabled=False)
    wait_for(lambda: editor.text() == "" and not is_running(core), editor.scene)
    editor.run("restart")
    editor.run("refresh")
    wait_for(lambda: len([text for text in editor.said() if "switched off" in text]) == 2, editor.scene)
    assert (editor.text(), editor.cores()) == ("", [])


# menus


@pytest.mark.parametrize("home", adapters.ALL, indirect=True)
def test_the_menu_changes_the_interval_for_all_editors(home):
    editor = home.open()
    editor.wait_text(FULL)
    editor.run("configure")
    editor.choose("Update interval")
    editor.choose("15 minutes")
    editor.wait_said("update_interval is 15m now")
    assert 'update_interval = "15m"' in home.config.read_text()


def test_the_menu_goes_down_and_asks(home, script):
    """For what is no secret."""
    request = {"method": "save_setting", "params": {"name": "format"}}
    prompt = {"title": "Format", "into": "value", "secret": False}
    leaf = {"title": "One $(bug)", "detail": "", "request": request, "prompt": prompt}
    tree = [{"title": "Branch", "detail": "deep", "choices": [leaf]}]
    script.write(menu=[{"result": {"title": "Menu", "choices": tree}}], save_setting=[done(message="Saved.")])
    editor = home.play(script)
    editor.run("configure")
    editor.choose("Branch")
    editor.choose("One $(bug)")
    editor.answer("Format", "{amount} ünï 💸")
    editor.wait_said("Saved.")
    assert script.params("save_setting") == [{"name": "format", "value": "{amount} ünï 💸"}]


# rows


def test_an_action_of_a_row_may_need_a_yes(home, script):
    """Without one, nothing is done; of several rows it is the chosen one."""
    question = {"text": "Really stop it?", "token": "t1"}
    script.write(details=[details("Row <b>$(bug)</b>", "Another row")], act=[done(confirm=question)])
    editor = home.play(script)
    editor.run("details")
    assert "All of <i>it</i>" in editor.wait_page("Row <b>$(bug)</b>")  # all of this is text
    editor.act("Row", "Stop the key")
    editor.confirm("Really stop it?", yes=False)
    editor.run("refresh")
    wait_for(lambda: script.params("refresh"), "what came after it")
    editor.run("details")
    editor.wait_page("Another row")
    editor.act("Another row", "Stop the key")
    editor.confirm("Really stop it?", yes=True)
    wait_for(lambda: len(script.params("act")) == 3, "the confirmed request")
    first, second = ({"subject": row, "action": "stop"} for row in ("r1", "r2"))
    assert script.params("act") == [first, second, {**second, "confirm": "t1"}]


def test_an_action_of_a_row_may_show_a_page_in_place_of_the_details(home, script):
    """Which do not come back by themselves."""
    script.write(details=[details("Row")], act=[done(page=PAGE)])
    editor = home.play(script)
    editor.run("details")
    editor.wait_page("Row")
    editor.act("Row", "Mute")
    editor.wait_page("What it is about.")
    script.cue(status={**STATUS, "text": "another"})
    editor.wait_text("another")
    assert "Row" not in editor.wait_page("What it is about.")
    editor.run("details")
    editor.wait_page("Row")


@pytest.mark.parametrize("home", adapters.of("neovim", "vim"), indirect=True)
def test_a_page_that_an_action_of_a_row_has_brought_stays(home, script):
    """The details are not asked for again, not even by a refresh."""
    script.write(details=[details("Row")], act=[done(page=PAGE)])
    editor = home.play(script)
    editor.run("details")
    editor.wait_page("Row")
    editor.act("Row", "Mute")
    editor.wait_page("What it is about.")
    editor.run("refresh")
    wait_for(lambda: script.params("refresh"), "what comes after")
    assert len(script.params("details")) == 1
