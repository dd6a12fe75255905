"""What the adapter shows in Neovim, in real ones; for the other promises see `test_adapters_shown`."""

import json
import sys

import pytest

from adapters import FULL, home_of
from neovim_session import VERSIONS
from scripted_bridge import STATUS
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and sockets are POSIX's")

home = home_of("neovim", *VERSIONS)


def test_what_is_shown_is_there_for_other_plugins_too(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    assert nvim.lua("return vim.g.opencredits.text") == FULL
    assert nvim.lua("return vim.g.opencredits.visible") is True
    assert nvim.lua("return require('opencredits').statusline()") == f"%#OpenCreditsOk#{FULL}%*"
    assert nvim.lua("return require('opencredits').statusline({ plain = true })") == FULL
    assert nvim.lua("return require('opencredits').status().accounts[1].balance") == "25.00"


def test_what_is_hidden_is_hidden_for_other_plugins_too(home, script):
    nvim = home.play(script)
    script.cue(status={**STATUS, "visible": False})
    wait_for(lambda: nvim.lua("return vim.g.opencredits.visible") is False, "the news of it")
    assert nvim.lua("return require('opencredits').statusline()") == ""


def test_the_colour_on_the_screen_is_that_of_the_diagnostics(home, script):
    """To which the groups are linked."""
    nvim = home.play(script)
    for level, target in {"low": "DiagnosticWarn", "critical": "DiagnosticError"}.items():
        script.cue(status={**STATUS, "text": level, "level": level})
        nvim.wait_text(level)
        colour = nvim.lua("return ('#%06x'):format(vim.api.nvim_get_hl(0, { name = ... }).fg)", target)
        wait_for(lambda: nvim.screen().colour_of(level) == colour, f"{level} in {colour}")  # noqa: B023


def test_an_event_says_that_it_has_changed(home, script):
    nvim = home.play(script)
    before = nvim.lua("return Changes")
    script.cue(status={**STATUS, "text": "another"})
    nvim.wait_text("another")
    assert nvim.lua("return Changes") > before


def test_a_click_on_lualine_refreshes(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    home.spend("1")
    nvim.click(FULL)
    nvim.wait_text("OpenRouter: $24.00")


def test_without_lualine_the_status_line_has_text_and_colour(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    line = "%f %= %{%v:lua.require'opencredits'.statusline()%}"
    drawn = nvim.lua("return vim.api.nvim_eval_statusline(..., { highlights = true })", line)
    assert drawn["str"].rstrip().endswith(FULL)
    assert "OpenCreditsOk" in [each["group"] for each in drawn["highlights"]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("62% of $50 %#Error# %{1}", "62% of $50 %#Error# %{1}"),
        ("62% \x00 %#Error#", "62%   %#Error#"),
        ("a'b\"c\\d|e", "a'b\"c\\d|e"),
        ("🦜💸 ünï", "🦜💸 ünï"),
        ("x" * 200, "x" * 200),
        ("\n", ""),
    ],
    ids=["percent", "null", "quotes", "emoji", "long", "nothing"],
)
def test_no_text_breaks_the_status_line(home, script, text, shown):
    nvim = home.play(script)
    script.cue(status={**STATUS, "text": text})
    wait_for(lambda: nvim.text() == shown, lambda: f"{shown!r}; {nvim.scene()}")
    assert nvim.lua("return vim.v.errmsg") == ""
    assert not shown or nvim.colour() == nvim.COLOURS["ok"]


def test_the_component_allocates_nothing_and_reads_nothing_while_nothing_changes(home, script):
    nvim = home.play(script)
    grown = nvim.lua(
        """
        local Component = require("lualine.components.opencredits")
        local options = { self = { section = "c" }, component_name = "x", component_separators = {} }
        local component = Component(options)
        component.default_hl = "%#lualine_c_normal#"
        component:update_status()
        jit.off()
        collectgarbage()
        collectgarbage("stop")
        local grown = {}
        for run = 1, 5 do
          local before = collectgarbage("count")
          for _ = 1, 1000 do
            component:update_status()
          end
          grown[run] = collectgarbage("count") - before
        end
        collectgarbage("restart")
        return grown
        """
    )
    assert min(grown) == 0  # Neovim itself may need something in between, but not in every run


def test_another_colour_scheme_keeps_the_colour_of_the_level(home, script):
    nvim = home.play(script)
    nvim.command("colorscheme habamax")
    colour = nvim.lua(
        "return ('#%06x'):format(vim.api.nvim_get_hl(0, { name = 'DiagnosticOk', link = false }).fg)"
    )
    wait_for(lambda: nvim.screen().colour_of(STATUS["text"]) == colour, colour)


@pytest.mark.parametrize("options", ["colored = false", "color = 'Search'"])
def test_the_component_can_be_without_the_colour_of_the_level(home, script, options):
    nvim = home.play(script)
    nvim.lua(
        f"require('lualine').setup({{ sections = {{ lualine_c = {{ {{ 'opencredits', {options} }} }} }} }})"
    )
    wait_for(lambda: "OpenCredits" not in nvim.colour() and nvim.text() == STATUS["text"], "another colour")


def test_what_is_taken_is_what_the_core_has_said(home, script):
    """Whatever fields it has."""
    nvim = home.play(script)
    wanted = {**STATUS, "text": "another", "accounts": [{"name": "x", "more": [1, None, {}]}]}
    script.cue(status=wanted)
    same = """
        local wanted = vim.json.decode(..., { luanil = { object = true, array = true } })
        return vim.deep_equal(require("opencredits").status(), wanted)
    """
    wait_for(lambda: nvim.lua(same, json.dumps(wanted)), "the same status")


# the stored status


@pytest.fixture
def mute(script):
    """A core that never answers."""
    script.write(initialize=[{"until": "nothing"}])
    return script


def test_the_stored_status_is_there_before_the_core(home, mute):
    """When setup() returns: no later than the first screen."""
    home.store(text="stored", level="low")
    nvim = home.open_scripted(mute.command, lua="Early = require('opencredits').statusline()")
    assert nvim.lua("return Early") == "%#OpenCreditsLow#stored%*"
    nvim.wait_text("stored")
    nvim.wait_colour("low")


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({"stale_at": "2099-01-01T00:00:00Z"}, STATUS["text"]),
        ({"stale_at": "2020-01-01T00:00:00Z"}, STATUS["stale_text"]),
        ({"stale_at": "2020-01-01T00:00:00Z", "stale_text": None}, STATUS["text"]),
        ({"visible": False}, ""),
    ],
    ids=["fresh", "old", "old without a word for it", "hidden"],
)
def test_the_stored_status_may_be_old_or_hidden(home, mute, more, shown):
    home.store(**more)
    nvim = home.open_scripted(mute.command)
    wait_for(lambda: mute.params("initialize"), "the question")
    assert nvim.text() == shown


@pytest.mark.parametrize("home", VERSIONS[-1:], indirect=True)
def test_the_stored_status_becomes_old_by_itself(home, mute):
    home.store(stale_at="2099-01-01T00:00:00Z")
    nvim = home.open_scripted(mute.command)
    nvim.wait_text(STATUS["text"])
    nvim.lua("os.date = function() return '2099-01-01T00:00:00Z' end")
    nvim.wait_text(STATUS["stale_text"])


@pytest.mark.parametrize("content", ["", "{", "[]", "5", '{"text": 5}'])
def test_a_broken_stored_status_is_as_none(home, script, content):
    home.store()
    (home.state / "status.json").write_text(content)
    nvim = home.play(script)
    assert nvim.said() == []


def test_the_stored_status_is_no_matter_in_the_demo_or_switched_off(home, mute):
    home.store()
    home.record(mute.command)
    assert home.open({"enabled": False}).text() == ""
    nvim = home.open({"demo": True})
    wait_for(lambda: mute.params("initialize"), "the question")
    assert nvim.text() == ""
    assert mute.received[0]["argv"] == ["bridge", "--demo"]
