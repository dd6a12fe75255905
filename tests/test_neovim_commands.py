"""What can be done in Neovim alone, and its focus; for the rest see `test_adapters_commands`."""

import sys

import pytest

from adapters import FULL, home_of
from neovim_session import VERSIONS
from processes import is_running
from scripted_bridge import STATUS, details, refusal
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and sockets are POSIX's")

home = home_of("neovim", *VERSIONS)


def test_refresh_has_a_command_of_its_own(home, script):
    """And what it is answered is said as it is."""
    script.write(refresh=[refusal("Version 1 is too old.", "Update.")])
    nvim = home.play(script)
    nvim.command("OpenCreditsRefresh")
    assert nvim.wait_said("too old") == "OpenCredits: Version 1 is too old. Update."


def test_the_log_opens_beside(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    nvim.run("log")
    assert nvim.api.current.buffer.name == str(home.state / "opencredits.log")
    assert nvim.lua("return vim.bo.readonly")
    assert len(nvim.api.windows) == 2


# options


def test_unknown_options_are_named(home):
    nvim = home.open(setup={"update_interval": "5m", "demo": "yes"})
    assert "command, demo, enabled, settings" in nvim.wait_said("'update_interval'")
    nvim.wait_said("demo in setup() is a string")
    nvim.wait_text(FULL)


def test_settings_are_told_by_what_has_changed(home, script):
    """An empty table is no setting: nobody can tell whether it is a list."""
    nvim = home.play(script, {"format": "a", "update_interval": "5m"})
    nvim.lua("require('opencredits').setup({ settings = { format = 'b', accounts = {} } })")
    wait_for(lambda: script.params("settings"), "the settings")
    assert script.params("settings") == [{"format": "b", "update_interval": None}]


def test_switched_off_other_plugins_see_nothing_too(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    core = nvim.core()
    nvim.set_options(enabled=False)
    wait_for(lambda: nvim.text() == "" and not is_running(core), "nothing")
    hidden = {
        "text": "",
        "level": "unknown",
        "visible": False,
        "short": "",
        "state": "hidden",
        "stale": False,
    }
    assert nvim.lua("return vim.g.opencredits") == hidden


# focus


def test_focus_is_told(home, script):
    nvim = home.play(script, attended=False)
    for event in ("FocusGained", "FocusLost", "VimResume", "VimSuspend"):
        nvim.command(f"doautocmd {event}")
    wait_for(lambda: len(script.params("focus")) == 4, "the focus")
    assert [each["focused"] for each in script.params("focus")] == [True, False, True, False]


def test_the_first_input_after_a_while_is_told(home, script):
    nvim = home.play(script, attended=False)
    nvim.lua("Now = 1e6; vim.uv.now = function() return Now end")
    for later in (0, 20000, 29999, 30000):
        nvim.lua("Now = Now + ...", later)
        nvim.type("l")
    nvim.run("refresh")
    wait_for(lambda: script.params("refresh"), "what comes after")
    assert script.params("focus") == [{"focused": True}, {"focused": True}]


def test_who_has_just_started_it_is_here(home, script):
    """Without having touched it; a screen is all it takes."""
    script.write(initialize=[{"until": "nothing"}])
    nvim = home.open_scripted(script.command, attended=False)
    wait_for(lambda: script.params("initialize"), "a core that does not answer")
    nvim.screen()
    script.write()
    nvim.run("restart")
    wait_for(lambda: script.params("focus") == [{"focused": True}], "the focus")


@pytest.mark.parametrize(("event", "told"), [("FocusGained", [True, True]), ("FocusLost", [False])])
def test_another_core_is_told_where_the_person_is_now(home, script, event, told):
    """And not where they were when the one before was started."""
    script.write(refresh=[{"exit": 1}])
    nvim = home.play(script, attended=False)
    nvim.command(f"doautocmd {event}")
    nvim.run("refresh")
    wait_for(lambda: len(script.params("initialize")) == 2, "another core")
    wait_for(nvim.is_ready, "its answer")
    nvim.lua("require('opencredits.request').send('menu', {}, function() end)")
    wait_for(lambda: script.params("menu"), "what comes after")
    assert [each["focused"] for each in script.params("focus")] == told


# menus, details


def test_menus_and_prompts_have_the_titles_of_the_core(home, script):
    request = {"method": "save_setting", "params": {"name": "warn_below"}}
    leaf = {
        "title": "Another",
        "detail": "",
        "request": request,
        "prompt": {"title": "Below", "into": "value"},
    }
    menu = {"title": "Configure", "choices": [{"title": "Warning", "detail": "$5", "choices": [leaf]}]}
    script.write(menu=[{"result": menu}])
    nvim = home.play(script)
    nvim.run("configure")
    nvim.choose("Warning")
    nvim.choose("Another")
    assert nvim.asked()[0] == {"prompt": "Configure", "items": ["Warning ($5)"]}
    wait_for(lambda: nvim.lua("return Prompt") == "Below: ", "the prompt")


def test_details_are_a_window_that_a_key_closes(home):
    """The cursor is where Enter does something."""
    nvim = home.open()
    nvim.wait_text(FULL)
    nvim.run("details")
    nvim.wait_page("Accounts")
    lines = nvim.page_text().split("\n")
    assert nvim.lua("return vim.bo.filetype") == "opencredits"
    assert lines[0] == FULL
    (row,) = (at for at, line in enumerate(lines, 1) if line.startswith(f"  {FULL}"))
    assert nvim.api.current.window.cursor == (row, 0)
    home.spend("1")
    nvim.act(FULL, "Refresh")
    wait_for(lambda: nvim.page_text().startswith("OpenRouter: $24.00\n"), "the new figure")
    assert len(nvim.api.windows) == 2
    nvim.type("q")
    wait_for(lambda: len(nvim.api.windows) == 1, "the window's end")


def test_details_are_asked_for_once(home, script):
    """Each time that they are opened."""
    script.write(details=[details("Row")])
    nvim = home.play(script)
    nvim.run("details")
    nvim.wait_page("Row")
    script.cue(status={**STATUS, "text": "another"})
    nvim.wait_text("another")
    assert len(script.params("details")) == 1
