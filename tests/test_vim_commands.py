"""What can be done in Vim alone, and what Vim needs for it; for the rest see `test_adapters_commands`."""

import re
import sys

import pytest

from adapters import FULL, home_of
from processes import is_running
from scripted_bridge import details, refusal
from vim_session import ADAPTER, VERSIONS
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux and signals are POSIX's")

COMMANDS = ["alert", "configure", "details", "log", "refresh", "restart"]
OPTIONS = ["command", "demo", "enabled", "settings", "statusline"]
ALERT = {
    "id": "a1",
    "kind": "spend",
    "level": "warn",
    "title": "Fast",
    "message": "$40 an hour.",
    "actions": [],
}

home = home_of("vim", *VERSIONS)


# commands


def test_commands_are_completed_and_named(home, script):
    vim = home.play(script, vimrc="set shortmess-=T")
    assert vim.eval("getcompletion('OpenCredits ', 'cmdline')") == COMMANDS
    assert vim.eval("getcompletion('OpenCredits re', 'cmdline')") == ["refresh", "restart"]
    assert vim.eval("getcompletion('OpenCredits refresh ', 'cmdline')") == []
    assert vim.eval("getcompletion('OpenCreditsR', 'cmdline')") == ["OpenCreditsRefresh"]
    vim.type(":OpenCredits nothing", "Enter")
    vim.wait_said(f"':OpenCredits nothing' is not known. There are: {', '.join(COMMANDS)}.")
    assert not vim.waits_for_enter()


@pytest.mark.parametrize(
    "command", ["OpenCreditsRefresh", "OpenCredits refresh", "call opencredits#Refresh()"]
)
def test_refresh_asks_now(home, command):
    vim = home.open()
    vim.wait_text(FULL)
    home.spend("1")
    vim.type(f":{command}", "Enter")
    vim.wait_screen("OpenRouter: $24.00")


def test_a_refusal_is_shown_with_what_to_do(home, script):
    """Long ones are whole in a popup, and in one line of the messages."""
    text = "Wait. " * 30
    script.write(refresh=[refusal(text, "Then try.")])
    vim = home.play(script, vimrc="set shortmess-=T")
    vim.type(":OpenCreditsRefresh", "Enter")
    assert vim.wait_said("Wait.") == f"OpenCredits: {text} Then try."
    assert "║" in vim.wait_screen("OpenCredits: Wait.")
    assert not vim.waits_for_enter()
    assert "T" not in vim.eval("&shortmess")


def test_messages_wait_for_who_is_typing_a_command(home, script):
    script.write(refresh=[{"until": "settings"}, refusal("Not now.")])
    vim = home.play(script)
    vim.type(":OpenCreditsRefresh", "Enter", ":echo 'a half")
    vim.wait_screen(":echo 'a half")
    vim.command("let g:opencredits_settings = {'a': 1} | call opencredits#session#Sync()")
    script.cue(notify="alert", params=ALERT)
    assert ":echo 'a half" in vim.wait_screen("$40 an hour.")
    assert vim.said() == []
    vim.type("Escape")
    vim.wait_said("Fast. $40 an hour.")
    vim.wait_said("Not now.")


def test_the_log_opens_beside(home):
    vim = home.open()
    vim.wait_text(FULL)
    vim.command("OpenCredits log")
    assert vim.eval("expand('%:p')") == str(home.state / "opencredits.log")
    assert vim.eval("[winnr('$'), &readonly]") == [2, 1]


def test_the_help_has_tags_for_everything(home):
    vim = home.open()
    vim.command(f"helptags {home.path}/.vim/pack/opencredits/start/opencredits/doc")
    options = [f"g:opencredits_{name}" for name in OPTIONS]
    functions = re.findall(
        r"^function! (opencredits#[A-Z]\w+)", (ADAPTER / "autoload/opencredits.vim").read_text(), re.MULTILINE
    )
    tags = [
        "opencredits",
        ":OpenCredits",
        ":OpenCreditsRefresh",
        "OpenCreditsChanged",
        "OpenCreditsLow",
        *options,
    ]
    for tag in [*tags, *(f"{name}()" for name in functions if not name.endswith("#Start"))]:
        vim.command(f"help {tag}")
        assert vim.eval("expand('%:t')") == "opencredits.txt", tag
        assert vim.eval("getline('.')").count(f"*{tag}*") == 1
        vim.command("helpclose")
    text = (ADAPTER / "doc/opencredits.txt").read_text()
    for name in COMMANDS:
        assert f":OpenCredits {name}" in text


# options


def test_a_single_setting_that_is_typed_takes_effect_at_once(home):
    vim = home.open({"format": "{amount}"}, vimrc="set updatetime=600000")
    vim.wait_text("$25.00")
    vim.type(":let g:opencredits_settings.format = '[{amount}]'", "Enter")
    vim.wait_text("[$25.00]")


def test_a_setting_that_a_mapping_has_changed_takes_effect_after_a_pause(home):
    """Nothing but time tells of it."""
    vim = home.open(vimrc="set updatetime=100\nnnoremap X <Cmd>let g:opencredits_enabled = 0<CR>")
    vim.wait_text(FULL)
    vim.type("X")
    wait_for(lambda: vim.text() == "", "nothing")


def test_options_in_a_sourced_file_take_effect(home, tmp_path):
    vim = home.open()
    vim.wait_text(FULL)
    (tmp_path / "more.vim").write_text("let g:opencredits_settings = {'format': '{amount}!'}")
    vim.command(f"source {tmp_path}/more.vim")
    vim.wait_text("$25.00!")


def test_options_of_a_wrong_kind_and_unknown_ones_are_named(home):
    wrong = {"update_interval": "'5m'", "demo": "'yes'", "settings": "{'x': function('len')}"}
    vim = home.open(vimrc="\n".join(f"let g:opencredits_{name} = {value}" for name, value in wrong.items()))
    said = vim.wait_said("g:opencredits_update_interval")
    assert "known are " + ", ".join(f"g:opencredits_{name}" for name in OPTIONS) in said
    assert "g:opencredits_demo must be 0 or 1." in said
    assert "g:opencredits_settings must be a dictionary of what JSON can hold." in said
    vim.wait_text(FULL)


def test_switched_off_there_is_nothing_on_the_screen(home):
    vim = home.open(vimrc="let g:opencredits_enabled = v:false")
    vim.type(":let g:opencredits_enabled = 1", "Enter")
    vim.wait_screen(FULL)
    core = vim.core()
    vim.type(":let g:opencredits_enabled = 0", "Enter")
    wait_for(lambda: FULL not in vim.screen() and not is_running(core), "nothing")


def test_hidden_by_the_core_there_is_nothing_on_the_screen(home):
    vim = home.open()
    vim.wait_screen(FULL)
    vim.type(":let g:opencredits_settings = {'show_in_status_bar': v:false}", "Enter")
    wait_for(lambda: FULL not in vim.screen(), "nothing")
    assert vim.eval("opencredits#StatuslineInColour()") == ""


# focus


def test_focus_is_told(home, script):
    vim = home.play(script)
    for event in ("FocusLost", "FocusGained", "VimSuspend", "VimResume"):
        vim.command(f"doautocmd {event}")
    wait_for(lambda: len(script.params("focus")) == 5, "all")
    assert focus_told(script) == [True, False, True, False, True]


def focus_told(script):
    """What the core has heard of the focus."""
    return [each["focused"] for each in script.params("focus")]


def test_who_has_just_started_vim_is_here(home, script):
    """The first input is no news then."""
    vim = home.play(script)
    wait_for(lambda: script.params("focus"), "the focus")
    vim.type("i", "a", "b", "Escape", "h")
    wait_for(lambda: vim.eval("getline(1)") == "ab", "the input")
    vim.command("OpenCredits refresh")
    wait_for(lambda: script.params("refresh"), "what came after it")
    assert focus_told(script) == [True]


@pytest.mark.parametrize(
    ("event", "told"), [("FocusGained", [True, True, True]), ("FocusLost", [True, False])]
)
def test_another_core_is_told_where_the_person_is_now(home, script, event, told):
    """And not where they were when the one before was started."""
    script.write(refresh=[{"exit": 1}])
    vim = home.play(script)
    wait_for(lambda: script.params("focus"), "the start")
    vim.command(f"doautocmd {event}")
    script.write()
    vim.command("OpenCredits refresh")
    wait_for(lambda: len(script.params("initialize")) == 2, "another core")
    vim.command("OpenCredits refresh")
    wait_for(lambda: len(script.params("refresh")) == 2, "what comes after")
    assert focus_told(script) == told


# menus, details


def test_a_menu_leaves_who_types_alone(home, script):
    """It may come late, when somebody is inserting text; it waits until they are done."""
    script.write(menu=[{"until": "refresh"}, {"result": {"title": "Menu", "choices": []}}])
    vim = home.play(script)
    vim.command("OpenCredits configure")
    vim.type("i", "j", "x", "y")
    vim.command("OpenCredits refresh")
    vim.wait_screen("Menu")
    vim.type("z", "Escape")
    wait_for(lambda: vim.eval("getline(1)") == "jxyz", "the text")


def test_details_are_a_popup_that_a_key_closes(home, script):
    script.write(details=[details("Row")])
    vim = home.play(script)
    vim.command("OpenCredits")
    vim.wait_screen("Row")
    vim.type("q")
    wait_for(lambda: "Row" not in vim.screen(), "its end")


def test_long_details_can_be_read_to_the_end(home, script):
    text = "\n".join(f"line {number}" for number in range(200))
    script.write(details=[{"result": {"title": "T", "markdown": "", "text": text, "lists": []}}])
    vim = home.play(script)
    vim.command("OpenCredits details")
    assert "line 199" not in vim.wait_screen("line 0")
    vim.type("G")
    vim.wait_screen("line 199")
    vim.type("g")
    vim.wait_screen("line 0 ")
    vim.type("Escape")
    wait_for(lambda: "line 0" not in vim.screen(), "its end")
