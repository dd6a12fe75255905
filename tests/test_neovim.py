"""The Neovim adapter in real Neovims with lualine, and the installed core against the simulator."""

import contextlib
import json
import os
import signal
import sys
from decimal import Decimal

import pytest

import editors
from neovim_session import ADAPTER, Neovim
from opencredits import __version__
from opencredits.simulator import Fault, Simulator
from processes import children, is_running
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and sockets are POSIX's")

FULL = "OpenRouter: $25.00"


@pytest.fixture(params=["0.10", "0.12"])
def editor(request):
    """Each Neovim that is supported."""
    return editors.neovim(request.param)


class Home:
    """A home beside a simulator, with the key in the environment, and the Neovims in it."""

    def __init__(self, cli, sim, editor, stack):
        self.cli, self.path, self.script, self.sim = cli, cli.home, cli.script, sim
        self.editor, self.stack = editor, stack
        self.state = cli.home / ".local/state/opencredits"
        self.config = cli.home / ".config/opencredits/config.toml"
        self.config.parent.mkdir(parents=True)
        self.configure()
        self.env = {"OPENROUTER_API_KEY": sim.key}

    def configure(self, *lines, label="OpenRouter"):
        """Write `config.toml`."""
        account = [
            "[accounts.default]",
            f'base_url = "{self.sim.base_url}"',
            f"label = {json.dumps(label, ensure_ascii=False)}",
        ]
        self.config.write_text("\n".join([*lines, *account]) + "\n")

    def open(self, options=None, **more):
        """Start a Neovim that finds the installed core."""
        return self.open_bare({"command": self.script, **(options or {})}, **more)

    def open_bare(self, options=None, *, env=None, **more):
        """Start a Neovim that has to find a core by itself."""
        started = Neovim(self.editor, self.path, options, env={**self.env, **(env or {})}, **more)
        return self.stack.enter_context(started)

    def open_attended(self):
        """Start a Neovim with somebody before the screen."""
        nvim = self.open()
        nvim.screen()
        return nvim

    def link_core(self, folder):
        """Put the installed core into a folder."""
        folder.mkdir(parents=True)
        (folder / "opencredits").symlink_to(self.script)
        return str(folder / "opencredits")


@pytest.fixture
def home(cli, editor):
    """See Home; the account has $25.00, and nobody spends but the test."""
    with contextlib.ExitStack() as stack:
        sim = stack.enter_context(Simulator("idle"))
        yield Home(cli, sim, editor, stack)


# what is shown


def test_shows_the_balance_in_the_colour_of_its_level(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    assert nvim.group() == "lualine_c_normal_OpenCreditsOk"
    assert nvim.lua("return vim.g.opencredits.text") == FULL
    assert nvim.lua("return require('opencredits').statusline()") == f"%#OpenCreditsOk#{FULL}%*"
    assert nvim.lua("return require('opencredits').statusline({ plain = true })") == FULL
    assert nvim.lua("return require('opencredits').status().accounts[1].balance") == "25.00"
    assert nvim.said() == []


@pytest.mark.parametrize(("spent", "level"), [("20.50", "low"), ("24.20", "critical"), ("25.08", "critical")])
def test_what_runs_out_changes_colour_on_the_screen(home, spent, level):
    """The colour is that of the level's group, which is linked to a diagnostic one."""
    nvim = home.open()
    nvim.wait_text(FULL)
    home.sim.account.spend(Decimal(spent))
    nvim.command("OpenCreditsRefresh")
    left = Decimal(25) - Decimal(spent)
    shown = nvim.wait_text(f"OpenRouter: {'-' if left < 0 else ''}${abs(left):.2f}")
    assert nvim.group() == f"lualine_c_normal_OpenCredits{level.title()}"
    target = {"low": "DiagnosticWarn", "critical": "DiagnosticError"}[level]
    colour = nvim.lua("return ('#%06x'):format(vim.api.nvim_get_hl(0, { name = ... }).fg)", target)
    assert nvim.screen().colour_of(shown) == colour


def test_shows_what_another_process_has_read(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    home.sim.account.spend(Decimal(2))
    assert home.cli("refresh", env=home.env).returncode == 0
    nvim.wait_text("OpenRouter: $23.00")
    assert nvim.lua("return Changes") >= 2


def test_a_click_on_lualine_refreshes(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    home.sim.account.spend(Decimal(1))
    nvim.click(FULL)
    nvim.wait_text("OpenRouter: $24.00")


def test_without_lualine_the_status_line_has_text_and_colour(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    line = "%f %= %{%v:lua.require'opencredits'.statusline()%}"
    drawn = nvim.lua("return vim.api.nvim_eval_statusline(..., { highlights = true })", line)
    assert drawn["str"].rstrip().endswith(FULL)
    assert "OpenCreditsOk" in [each["group"] for each in drawn["highlights"]]


@pytest.mark.parametrize("label", ["62% of $50 %#Error# %{1}", "a'b\"c\\d|e", "🦜💸 ünï", "x" * 200])
def test_no_label_breaks_the_status_line(home, label):
    home.configure(label=label)
    nvim = home.open()
    assert nvim.wait_text(f"{label}: $25") == f"{label}: $25.00"
    assert nvim.group() == "lualine_c_normal_OpenCreditsOk"


def test_without_a_key_it_says_so(home):
    nvim = home.open(env={"OPENROUTER_API_KEY": None})
    nvim.wait_text("OpenRouter: Set API key")
    assert nvim.group() == "lualine_c_normal"


def test_a_wrong_key_is_an_error(home):
    nvim = home.open(env={"OPENROUTER_API_KEY": "sk-or-v1-wrong"})
    nvim.wait_text("OpenRouter: Error (invalid key)")
    assert nvim.group() == "lualine_c_normal_OpenCreditsError"


def test_a_network_that_is_down_shows_the_age_and_back_the_figure(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    home.sim.fault("*", Fault(reset=True))
    nvim.command("OpenCreditsRefresh")
    wait_for(lambda: "ago)" in nvim.text(), "an age")
    assert nvim.text().startswith(FULL)
    assert nvim.group() == "lualine_c_normal_OpenCreditsOk"
    home.sim.clear()
    home.sim.account.spend(Decimal(3))
    # Within five seconds of the last manual refresh that one's answer is given again.
    wait_for(
        lambda: nvim.command("OpenCreditsRefresh") or nvim.text() == "OpenRouter: $22.00", "a fresh figure"
    )


# the life of the core


def test_a_killed_core_comes_back(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    first = nvim.core()
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: nvim.cores() not in ([], [first]), "another core")
    home.sim.account.spend(Decimal(1))
    nvim.command("OpenCreditsRefresh")
    nvim.wait_text("OpenRouter: $24.00")
    assert nvim.said() == []


@pytest.mark.parametrize("how", ["quit", "kill"])
def test_the_core_goes_with_neovim(home, how):
    nvim = home.open()
    nvim.wait_text(FULL)
    core = nvim.core()
    if how == "quit":
        assert nvim.quit() == 0, nvim.printed()
    else:
        nvim.process.kill()
    wait_for(lambda: not is_running(core), "the core's end")


RELOAD = """
for name in pairs(package.loaded) do
  if vim.startswith(name, "opencredits") then
    package.loaded[name] = nil
  end
end
require("opencredits").setup({ command = ... })
"""


def test_a_reload_leaves_one_core(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    first = nvim.core()
    nvim.lua(RELOAD, home.script)
    nvim.command(f"source {ADAPTER}/plugin/opencredits.lua")
    wait_for(lambda: nvim.cores() and first not in nvim.cores(), "another core")
    wait_for(lambda: nvim.lua("return require('opencredits.session').is_ready()"), "its answer")
    home.sim.account.spend(Decimal(1))
    nvim.command("OpenCreditsRefresh")
    nvim.wait_text("OpenRouter: $24.00")
    assert len(nvim.cores()) == 1


def test_setup_again_and_restart_leave_one_core(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    first = nvim.core()
    nvim.lua("for _ = 1, 3 do require('opencredits').setup({ command = ... }) end", home.script)
    home.sim.account.spend(Decimal(1))
    nvim.command("OpenCredits refresh")
    nvim.wait_text("OpenRouter: $24.00")
    assert nvim.cores() == [first]
    for _ in range(3):
        nvim.command("OpenCredits restart")
    wait_for(lambda: first not in nvim.cores() and len(nvim.cores()) == 1, "the end of the others")


# finding the core


def empty_path(home):
    """A PATH with nothing on it."""
    folder = home.path / "nothing"
    folder.mkdir()
    return str(folder)


def test_a_missing_core_is_one_message_that_says_what_to_do(home):
    nvim = home.open_bare({}, env={"PATH": empty_path(home)})
    message = nvim.wait_said("No core was found")
    assert nvim.lua("return vim.g.opencredits.state") == "starting"
    for part in (f"{home.state}/setup.json", "PATH", "~/.local/bin", "pipx install opencredits"):
        assert part in message
    nvim.command("OpenCreditsRefresh")
    nvim.wait_said("is not running")
    assert len(nvim.said()) == 2


def test_a_command_that_cannot_be_run_is_named(home):
    nvim = home.open_bare({"command": ["/nowhere/opencredits", "--key=it"]})
    assert "'/nowhere/opencredits'" in nvim.wait_said("The option 'command'")


def test_the_ladder_to_the_core(home):
    """Each step wins over those below."""
    path = empty_path(home)
    found = "return require('opencredits.core').find()"
    in_user_folder = home.link_core(home.path / ".local/bin")
    nvim = home.open_bare({}, env={"PATH": path})
    nvim.wait_text(FULL)
    assert nvim.lua(found)["command"] == [in_user_folder]
    on_path = home.link_core(home.path / "programs")
    nvim.lua("vim.env.PATH = ...", str(home.path / "programs"))
    assert nvim.lua(found)["command"] == [on_path]
    recorded = home.link_core(home.path / "recorded")
    (home.state / "setup.json").write_text(json.dumps({"command": [recorded], "version": "0.1.0"}))
    assert nvim.lua(found)["command"] == [recorded]
    chosen = home.link_core(home.path / "chosen")
    nvim.lua("require('opencredits').setup({ command = { ... } })", chosen)
    assert nvim.lua(found) == {"command": [chosen], "step": "the option 'command'"}


def test_without_setup_it_starts_with_the_defaults(home):
    home.link_core(home.path / ".local/bin")
    home.open_bare().wait_text(FULL)


def test_it_can_be_disabled(home):
    home.link_core(home.path / ".local/bin")
    nvim = home.open_bare(lua="vim.g.opencredits_disable = true")
    nvim.command("OpenCredits nonsense")
    nvim.wait_said("is not known")  # so that whatever was scheduled before has been done
    assert nvim.lua("return package.loaded['opencredits.session']") is None
    assert children(nvim.pid) == []


# options


def test_settings_take_effect_without_a_restart(home):
    nvim = home.open({"settings": {"format": "{amount}"}})
    nvim.wait_text("$25.00")
    core = nvim.core()
    setup = (
        "require('opencredits').setup({ command = ..., settings = { format = '<{amount}>', accounts = {} } })"
    )
    nvim.lua(setup, home.script)
    nvim.wait_text("<$25.00>")
    nvim.lua("require('opencredits').setup({ command = ... })", home.script)
    nvim.wait_text(FULL)
    assert nvim.cores() == [core]
    assert nvim.said() == []


def test_a_setting_that_cannot_be_used_is_named(home):
    nvim = home.open({"settings": {"update_interval": "soon"}})
    assert "soon" in nvim.wait_said("update_interval")
    nvim.wait_text(FULL)


def test_unknown_options_are_named(home):
    nvim = home.open({"update_interval": "5m", "demo": "yes"})
    assert "command, demo, enabled, settings" in nvim.wait_said("'update_interval'")
    nvim.wait_said("demo in setup() is a string")
    nvim.wait_text(FULL)


def test_switched_off_there_is_no_core_and_no_text(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    core = nvim.core()
    nvim.lua("require('opencredits').setup({ enabled = false })")
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
    nvim.command("OpenCredits restart")
    nvim.command("OpenCreditsRefresh")
    nvim.wait_said("switched off")
    nvim.lua("require('opencredits').setup({ command = ... })", home.script)
    nvim.wait_text(FULL)


def test_hidden_by_the_core_there_is_no_text(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    setup = "require('opencredits').setup({ command = ..., settings = { show_in_status_bar = false } })"
    nvim.lua(setup, home.script)
    wait_for(lambda: nvim.text() == "", "nothing")
    assert nvim.lua("return require('opencredits').statusline()") == ""


def test_the_demo_needs_no_key(home):
    nvim = home.open({"demo": True}, env={"OPENROUTER_API_KEY": None})
    wait_for(lambda: "$" in nvim.text(), "the demo's figure")
    nvim.screen()  # without one, nobody could see an alert
    nvim.wait_said("is being spent")  # its runaway
    assert home.sim.count() == 0


# what can be done


def test_the_menu_changes_the_interval_for_all_editors(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    nvim.answer("Update interval", "15 minutes")
    nvim.command("OpenCredits configure")
    nvim.wait_said("update_interval")
    assert 'update_interval = "15m"' in home.config.read_text()
    assert nvim.asked()[0]["prompt"] == "OpenCredits"


def test_details_are_a_window_with_actions(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    nvim.command("OpenCredits details")
    wait_for(lambda: nvim.lua("return vim.bo.filetype") == "opencredits", "the window")
    lines = nvim.api.current.buffer[:]
    assert lines[0] == FULL
    (row,) = (at for at, line in enumerate(lines, 1) if line.startswith(f"  {FULL}"))
    assert nvim.api.current.window.cursor == (row, 0)  # where Enter does something
    home.sim.account.spend(Decimal(1))
    nvim.answer("Refresh")
    nvim.type("<CR>")
    wait_for(lambda: nvim.api.current.buffer[0] == "OpenRouter: $24.00", "the new figure")
    assert len(nvim.api.windows) == 2
    nvim.type("q")
    wait_for(lambda: len(nvim.api.windows) == 1, "the window's end")


def test_what_runs_out_is_told_once_and_can_be_answered(home):
    """A Neovim that is opened later does not say it again."""
    home.configure("warn_below = 10")
    first = home.open_attended()
    first.wait_text(FULL)
    home.sim.account.spend(Decimal(16))
    wait_said_after_a_poll(home, first, "OpenRouter: $9.00 left. That is less than $10.00.")
    first.answer("Details")
    first.command("OpenCredits alert")
    wait_for(lambda: first.api.current.buffer[0] == "OpenRouter: $9.00", "the details")
    first.quit()
    second = home.open_attended()
    second.wait_text("OpenRouter: $9.00")
    home.sim.account.spend(Decimal("8.50"))
    wait_said_after_a_poll(home, second, "OpenRouter: $0.50 left. That is less than $1.00")
    assert len(second.said()) == 1
    second.lua("vim.ui.open = function(url) Opened = url end")
    second.answer("Open OpenRouter")
    second.command("OpenCredits alert")
    wait_for(lambda: second.lua("return Opened") == "https://openrouter.ai/settings/credits", "the page")
    home.sim.account.top_up(Decimal(30))
    wait_said_after_a_poll(home, second, "OpenRouter: $30.00 bought.")
    second.answer("Snooze for an hour")
    second.command("OpenCredits alert")
    second.wait_said("held back until")


def wait_said_after_a_poll(home, nvim, part):
    """A poll soon after another that somebody asked for gives the answer of that one."""
    wait_for(lambda: home.cli("refresh", env=home.env) and any(part in text for text in nvim.said()), part)


def test_checkhealth_answers_the_first_questions(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    nvim.command("checkhealth opencredits")
    report = "\n".join(nvim.api.current.buffer[:])
    for part in (home.script, f"opencredits {__version__} answers", FULL, f"{home.state}/opencredits.log"):
        assert part in report
    assert "ERROR" not in report


def test_checkhealth_without_a_core_says_how_to_get_one(home):
    nvim = home.open_bare({}, env={"PATH": empty_path(home)})
    nvim.wait_said("No core was found")
    nvim.command("checkhealth opencredits")
    report = "\n".join(nvim.api.current.buffer[:])
    assert "ERROR" in report
    assert "pipx install opencredits" in report


def test_the_log_opens_beside(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    nvim.command("OpenCredits log")
    assert nvim.api.current.buffer.name == str(home.state / "opencredits.log")
    assert nvim.lua("return vim.bo.readonly")
    assert len(nvim.api.windows) == 2
