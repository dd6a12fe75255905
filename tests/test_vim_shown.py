"""What the Vim adapter shows, in real Vims on a screen, with the installed core against the simulator."""

import json
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from installation import ROOT
from opencredits.simulator import Fault
from scripted_bridge import STATUS, Script
from vim_session import ADAPTER, FULL, VERSIONS, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux and signals are POSIX's")

GOLDEN = json.loads((ROOT / "tests/golden/statuses.json").read_text(encoding="utf-8"))
COLOURS = {"ok": 2, "low": 3, "critical": 5, "error": 1, "unknown": None}
HOSTILE = ["62% of $50 %#Error# %{1}", "a'b\"c\\d|e", "🦜💸 ünï", "x" * 200]
OWN_LINE = "set laststatus=2 statusline=[%f]%=%{%opencredits#StatuslineInColour()%}"


@pytest.fixture(params=VERSIONS)
def home(cli, request):
    """See vim_session.Home."""
    with open_home(cli, request.param) as home:
        yield home


def test_shows_the_balance_in_the_colour_of_its_level(home):
    """On the true screen, with nothing in the vimrc."""
    vim = home.open()
    vim.wait_screen(FULL)
    assert vim.colour_of(FULL) == COLOURS["ok"]
    assert vim.eval("opencredits#Level()") == "ok"
    assert vim.eval("opencredits#Status().accounts[0].balance") == "25.00"
    assert vim.said() == []


@pytest.mark.parametrize(("spent", "level"), [("20.50", "low"), ("24.20", "critical"), ("25.08", "critical")])
def test_what_runs_out_changes_colour_on_the_screen(home, spent, level):
    vim = home.open()
    vim.wait_text(FULL)
    home.sim.account.spend(Decimal(spent))
    vim.command("OpenCreditsRefresh")
    left = Decimal(25) - Decimal(spent)
    shown = vim.wait_text(f"OpenRouter: {'-' if left < 0 else ''}${abs(left):.2f}")
    assert vim.colour_of(shown) == COLOURS[level]


def test_shows_what_another_process_has_read(home):
    """The text on the screen changes although nobody touches Vim."""
    vim = home.open("let g:changes = 0\nautocmd User OpenCreditsChanged let g:changes += 1")
    vim.wait_screen(FULL)
    home.sim.account.spend(Decimal(2))
    assert home.cli("refresh", env=home.env).returncode == 0
    vim.wait_screen("OpenRouter: $23.00")
    assert vim.eval("g:changes") >= 2


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
    vim = home.open_scripted(script.command)
    vim.wait_screen(STATUS["text"])
    vim.type(":echo 'one' | echo 'two'", "Enter")
    wait_for(vim.waits_for_enter, "a question for a key")
    script.cue(status={**STATUS, "text": "the next"})
    vim.wait_text("the next")
    assert "two\nPress ENTER" in vim.screen(redraw=False)
    vim.type("Enter")
    wait_for(lambda: "the next" in vim.screen(redraw=False), "the next on the screen")


@pytest.mark.parametrize("label", HOSTILE)
def test_no_label_breaks_the_status_line(home, label):
    """Neither the text that Vim takes as it is, nor the one with colours."""
    home.configure(label=label)
    vim = home.open("set laststatus=2 statusline=%{opencredits#Statusline()}", size=(240, 10))
    shown = f"{label}: $25.00"
    vim.wait_text(shown)
    vim.wait_screen(shown)
    vim.command("set statusline=[%{%opencredits#StatuslineInColour()%}]")
    vim.wait_screen(f"[{shown}]")
    assert vim.colour_of(shown) == COLOURS["ok"]


def test_line_breaks_become_spaces(home, tmp_path):
    """A core that sends some is not ours; the status line holds one line."""
    status = {**STATUS, "text": "\n one\r\n\ttwo\x7fthree\n"}
    script = Script(tmp_path / "script", start=[{"status": status}])
    vim = home.open_scripted(script.command)
    vim.wait_screen("one two three")


def test_every_status_is_shown_as_it_is(home, tmp_path):
    """Text and colour of the golden file, on the screen; nothing where it is not visible."""
    script = Script(tmp_path / "script")
    vim = home.open_scripted(script.command, size=(400, 10))
    vim.wait_text(STATUS["text"])
    for each in GOLDEN:
        script.cue(status={**STATUS, "text": "between", "level": "unknown"})
        vim.wait_screen("between")
        status = each["status"]
        script.cue(status=status)
        if status["visible"]:
            vim.wait_screen(status["text"])
            assert vim.colour_of(status["text"]) == COLOURS[status["level"]], each["name"]
        else:
            wait_for(lambda: vim.text() == "", each["name"])
            assert "between" not in vim.screen()


def test_without_a_key_it_says_so(home):
    vim = home.open(env={"OPENROUTER_API_KEY": None})
    vim.wait_screen("OpenRouter: Set API key")
    assert vim.colour_of("OpenRouter: Set API key") is None


def test_a_wrong_key_is_an_error(home):
    vim = home.open(env={"OPENROUTER_API_KEY": "sk-or-v1-wrong"})
    vim.wait_screen("OpenRouter: Error (invalid key)")
    assert vim.colour_of("OpenRouter: Error (invalid key)") == COLOURS["error"]


def test_a_network_that_is_down_shows_the_age_and_back_the_figure(home):
    vim = home.open()
    vim.wait_text(FULL)
    home.sim.fault("*", Fault(reset=True))
    vim.command("OpenCreditsRefresh")
    wait_for(lambda: "ago)" in vim.text(), "an age")
    assert vim.text().startswith(FULL)
    home.sim.clear()
    home.sim.account.spend(Decimal(3))
    # Within five seconds of the last manual refresh that one's answer is given again.
    wait_for(
        lambda: vim.command("OpenCreditsRefresh") == "" and vim.text() == "OpenRouter: $22.00",
        "a fresh figure",
    )


# before the core answers, and without it


def stored(home, **changes):
    """Leave this as what was shown last."""
    home.state.mkdir(parents=True, exist_ok=True)
    (home.state / "status.json").write_text(json.dumps({**STATUS, **changes}), encoding="utf-8")


def moment(**from_now):
    """A moment as in status.json."""
    return (datetime.now(UTC) + timedelta(**from_now)).strftime("%Y-%m-%dT%H:%M:%SZ")


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
    stored(home)
    vim = home.open(env={**home.without_core(), "TZ": zone})
    vim.wait_said("No core was found")
    assert vim.text() == STATUS["text"]
    for changes, shown in STORED:
        vim.command("call opencredits#status#Hide()")
        stored(home, **changes)
        vim.command("call opencredits#status#Load()")
        assert vim.text() == shown, changes


def test_what_is_shown_without_a_core_becomes_old_by_itself(home):
    stored(home, stale_at=moment(seconds=2))
    vim = home.open(env=home.without_core())
    vim.wait_text(STATUS["stale_text"])


def test_a_broken_status_file_is_as_none(home):
    """Whatever is in it, Vim starts in silence."""
    vim = home.open(env=home.without_core())
    vim.wait_said("No core was found")
    home.state.mkdir(parents=True)
    for text in ("", "null", "[1]", "{", '{"text": 5}', '{"visible": true, "text": "x"}'):
        (home.state / "status.json").write_text(text)
        vim.command("call opencredits#status#Load()")
        assert (vim.text(), vim.faults()) == ("", []), text


# status lines


def test_a_status_line_of_ones_own_is_left_alone(home):
    vim = home.open(OWN_LINE)
    vim.wait_screen(FULL)
    line = "[%f]%=%{%opencredits#StatuslineInColour()%}"
    assert vim.eval("&g:statusline") == line
    vim.command("let g:opencredits_enabled = 0 | OpenCredits restart")
    assert (vim.eval("&g:statusline"), vim.eval("&laststatus")) == (line, 2)


@pytest.mark.parametrize("vimrc", ["set laststatus=1", "let g:opencredits_statusline = 0"])
def test_a_line_that_is_not_wanted_is_not_made(home, vimrc):
    vim = home.open(vimrc)
    vim.wait_text(FULL)
    assert vim.eval("&laststatus") == 1
    assert FULL not in vim.screen()


def test_switched_off_vim_looks_as_before(home):
    vim = home.open("set ruler")
    vim.wait_screen(FULL)
    assert "0,0-1" in vim.screen()
    vim.command("let g:opencredits_enabled = 0 | OpenCredits restart")
    assert (vim.eval("&g:statusline"), vim.eval("&laststatus")) == ("", 1)
    vim.command("let g:opencredits_enabled = 1 | OpenCredits restart")
    vim.wait_screen(FULL)


SECTIONS = ("x", "warning", "error")
AIRLINE = "set runtimepath+={folder}\nunlet g:loaded_airline"


@pytest.mark.parametrize(
    ("spent", "section"),
    [("0", "x"), ("20.50", "warning"), ("24.20", "error")],
)
def test_airline_shows_it_in_the_section_of_its_level(home, spent, section):
    """For real, with a label that a status line could stumble over."""
    # An alert would be on the screen as well.
    home.configure('alerts.low_balance = "off"', 'alerts.critical_balance = "off"', label="62% of $50")
    vim = home.open(AIRLINE.format(folder=home.editor.plugin("airline")), size=(140, 10))
    vim.wait_screen("62% of $50: $25.00")
    home.sim.account.spend(Decimal(spent))
    vim.command("OpenCreditsRefresh")
    shown = vim.wait_text(f"62% of $50: ${25 - Decimal(spent):.2f}")
    vim.wait_screen(shown)
    assert vim.screen().count("62% of $50") == 1
    shown_in = [
        each
        for each in ("x", "warning", "error")
        if vim.eval(f"airline#extensions#opencredits#Text('{each}')")
    ]
    assert shown_in == [section]


def test_a_narrow_airline_shows_an_alarm_as_well(home):
    """Where airline leaves out warnings and errors."""
    home.sim.account.spend(Decimal(24))
    vim = home.open(AIRLINE.format(folder=home.editor.plugin("airline")), size=(70, 10))
    vim.wait_screen("OpenRouter: $1.00")


def test_airline_can_have_it_elsewhere(home):
    """As the help says."""
    lines = [line.strip() for line in (ADAPTER / "doc/opencredits.txt").read_text().splitlines()]
    vimrc = "\n".join(line for line in lines if line.startswith("let g:airline"))
    vim = home.open(f"{AIRLINE.format(folder=home.editor.plugin('airline'))}\n{vimrc}", size=(140, 10))
    vim.wait_screen(FULL)
    assert vim.screen().count(FULL) == 1
    assert "unix" not in vim.screen()  # what airline has there by itself
