"""What the adapter shows in Vim, on a real screen; for the other promises see `test_adapters_shown`."""

import sys
from decimal import Decimal

import pytest

from account_home import moment
from adapters import FULL, home_of
from scripted_bridge import STATUS
from vim_session import ADAPTER, VERSIONS, Vim
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux and signals are POSIX's")


HOSTILE = ["62% of $50 %#Error# %{1}", "a'b\"c\\d|e", "🦜💸 ünï", "x" * 200]
OWN_LINE = "set laststatus=2 statusline=[%f]%=%{%opencredits#StatuslineInColour()%}"

home = home_of("vim", *VERSIONS)


def test_shows_the_balance_in_the_colour_of_its_level(home):
    """On the true screen, with nothing in the vimrc."""
    vim = home.open()
    vim.wait_screen(FULL)
    assert vim.colour_of(FULL) == Vim.COLOURS["ok"]
    assert vim.eval("opencredits#Level()") == "ok"
    assert vim.eval("opencredits#Status().accounts[0].balance") == "25.00"


def test_an_event_says_that_it_has_changed(home, script):
    vim = home.play(script, vimrc="let g:changes = 0\nautocmd User OpenCreditsChanged let g:changes += 1")
    before = vim.eval("g:changes")
    script.cue(status={**STATUS, "text": "another"})
    vim.wait_screen("another")
    assert vim.eval("g:changes") > before


def test_the_groups_are_linked_by_default(home):
    """Whoever has not set them sees the usual colours; a colour scheme takes away those of the test."""
    vim = home.open()
    vim.wait_text(FULL)
    vim.command("colorscheme default")
    links = {
        level: vim.eval(f"synIDattr(synIDtrans(hlID('OpenCredits{level}')), 'name')")
        for level in ("Ok", "Low", "Critical", "Error")
    }
    assert links == {"Ok": "StatusLine", "Low": "WarningMsg", "Critical": "ErrorMsg", "Error": "ErrorMsg"}


def test_a_window_without_focus_has_the_colour_of_its_own_line(home):
    vim = home.open()
    vim.wait_screen(FULL)
    vim.command("new")
    upper, lower = (line for line in vim.screen(colours=True).splitlines() if FULL in line)
    assert "42" in upper
    assert "42" not in lower


def test_a_new_status_leaves_what_waits_for_a_key(home, script):
    """Somebody reads it."""
    vim = home.play(script)
    vim.type(":echo 'one' | echo 'two'", "Enter")
    wait_for(vim.waits_for_enter, "a question for a key")
    script.cue(status={**STATUS, "text": "the next"})
    vim.wait_text("the next")
    assert "two\nPress ENTER" in vim.screen(redraw=False)
    vim.type("Enter")
    wait_for(lambda: "the next" in vim.screen(redraw=False), "the next on the screen")


def test_no_label_breaks_the_status_line(home, script):
    """Neither the text that Vim takes as it is, nor the one with colours."""
    vim = home.play(script, vimrc="set laststatus=2", size=(240, 10))
    for label in HOSTILE:
        vim.command("set statusline=%{opencredits#Statusline()}")
        script.cue(status={**STATUS, "text": f"{label}: $25.00"})
        vim.wait_screen(f"{label}: $25.00")
        vim.command("set statusline=[%{%opencredits#StatuslineInColour()%}]")
        vim.wait_screen(f"[{label}: $25.00]")
        assert vim.colour() == Vim.COLOURS["ok"]


# before the core answers, and without it


STORED = [
    ({"stale_at": None}, STATUS["text"]),
    ({"stale_at": moment(hours=1)}, STATUS["text"]),
    ({"stale_at": moment(hours=-1)}, STATUS["stale_text"]),
    ({"stale_at": "2024-02-29T00:00:00Z"}, STATUS["stale_text"]),
    ({"visible": False}, ""),
]


@pytest.mark.parametrize("zone", ["UTC", "America/St_Johns"])
def test_what_was_stored_is_shown_before_the_core_is_there(home, zone):
    """The moments in it are UTC, wherever Vim runs."""
    home.store()
    vim = home.open(env={**home.without_core(), "TZ": zone})
    vim.wait_said("No core was found")
    assert vim.text() == STATUS["text"]
    for changes, shown in STORED:
        vim.command("call opencredits#status#Hide()")
        home.store(**changes)
        vim.command("call opencredits#status#Load()")
        assert vim.text() == shown, changes


@pytest.mark.parametrize("home", VERSIONS[-1:], indirect=True)
def test_what_is_shown_without_a_core_becomes_old_by_itself(home):
    home.store(stale_at=moment(seconds=2))
    vim = home.open(env=home.without_core())
    vim.wait_text(STATUS["stale_text"])


def test_a_broken_status_file_is_as_none(home):
    """Whatever is in it, Vim starts in silence."""
    vim = home.open(env=home.without_core())
    vim.wait_said("No core was found")
    home.state.mkdir(parents=True, exist_ok=True)
    for text in ("", "null", "[1]", "{", '{"text": 5}', '{"visible": true, "text": "x"}'):
        (home.state / "status.json").write_text(text)
        vim.command("call opencredits#status#Load()")
        assert (vim.text(), vim.faults()) == ("", []), text


# status lines


def test_a_status_line_of_ones_own_is_left_alone(home):
    vim = home.open(vimrc=OWN_LINE)
    vim.wait_screen(FULL)
    line = "[%f]%=%{%opencredits#StatuslineInColour()%}"
    assert vim.eval("&g:statusline") == line
    vim.command("let g:opencredits_enabled = 0 | OpenCredits restart")
    assert (vim.eval("&g:statusline"), vim.eval("&laststatus")) == (line, 2)


@pytest.mark.parametrize("vimrc", ["set laststatus=1", "let g:opencredits_statusline = 0"])
def test_a_line_that_is_not_wanted_is_not_made(home, vimrc):
    vim = home.open(vimrc=vimrc)
    vim.wait_text(FULL)
    assert vim.eval("&laststatus") == 1
    assert FULL not in vim.screen()


def test_switched_off_vim_looks_as_before(home):
    vim = home.open(vimrc="set ruler")
    vim.wait_screen(FULL)
    assert "0,0-1" in vim.screen()
    vim.command("let g:opencredits_enabled = 0 | OpenCredits restart")
    assert (vim.eval("&g:statusline"), vim.eval("&laststatus")) == ("", 1)
    vim.command("let g:opencredits_enabled = 1 | OpenCredits restart")
    vim.wait_screen(FULL)


SECTIONS = ("x", "warning", "error")
AIRLINE = "set runtimepath+={folder}\nunlet g:loaded_airline"


def test_airline_shows_it_in_the_section_of_its_level(home):
    """For real, with a label that a status line could stumble over."""
    # An alert would be on the screen as well.
    home.configure('alerts.low_balance = "off"', 'alerts.critical_balance = "off"', label="62% of $50")
    vim = home.open(vimrc=AIRLINE.format(folder=home.editor.plugin("airline")), size=(140, 10))
    vim.wait_screen("62% of $50: $25.00")
    for spent, left, section in (
        ("0", "25.00", "x"),
        ("20.50", "4.50", "warning"),
        ("3.70", "0.80", "error"),
    ):
        home.spend(spent)
        vim.run("refresh")
        vim.wait_screen(f"62% of $50: ${left}")
        assert vim.screen().count("62% of $50") == 1
        texts = {each: vim.eval(f"airline#extensions#opencredits#Text('{each}')") for each in SECTIONS}
        assert [each for each, text in texts.items() if text] == [section]


def test_a_narrow_airline_shows_an_alarm_as_well(home):
    """Where airline leaves out warnings and errors."""
    home.sim.account.spend(Decimal(24))
    vim = home.open(vimrc=AIRLINE.format(folder=home.editor.plugin("airline")), size=(70, 10))
    vim.wait_screen("OpenRouter: $1.00")


def test_airline_can_have_it_elsewhere(home):
    """As the help says."""
    lines = [line.strip() for line in (ADAPTER / "doc/opencredits.txt").read_text().splitlines()]
    vimrc = "\n".join(line for line in lines if line.startswith("let g:airline"))
    vimrc = f"{AIRLINE.format(folder=home.editor.plugin('airline'))}\n{vimrc}"
    vim = home.open(vimrc=vimrc, size=(140, 10))
    vim.wait_screen(FULL)
    assert vim.screen().count(FULL) == 1
    assert "unix" not in vim.screen()  # what airline has there by itself
