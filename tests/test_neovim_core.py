"""How the adapter finds the core in Neovim, and when it starts one; for its life see `test_adapters_core`."""

import sys

import pytest

from adapters import FULL, home_of
from neovim_session import ADAPTER, VERSIONS
from opencredits import __version__
from processes import children
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and sockets are POSIX's")

FIND = "return require('opencredits.core').find()"

home = home_of("neovim", *VERSIONS)


# finding it


def test_without_a_core_the_state_says_that_it_is_starting(home):
    nvim = home.open(env=home.without_core())
    nvim.wait_said("No core was found")
    assert nvim.lua("return vim.g.opencredits.state") == "starting"


def test_a_command_that_cannot_be_run_is_named(home):
    nvim = home.open(setup={"command": ["/nowhere/opencredits", "--key=it"]})
    assert "'/nowhere/opencredits'" in nvim.wait_said("The option 'command'")


def test_the_ladder_to_the_core(home):
    """Each step wins over those below."""
    in_user_folder = home.link_core(home.path / ".local/bin")
    nvim = home.open(env=home.without_core())
    nvim.wait_text(FULL)
    assert nvim.lua(FIND)["command"] == [in_user_folder]
    on_path = home.link_core(home.path / "programs")
    nvim.lua("vim.env.PATH = ...", str(home.path / "programs"))
    assert nvim.lua(FIND)["command"] == [on_path]
    recorded = home.link_core(home.path / "recorded")
    home.record([recorded])
    assert nvim.lua(FIND)["command"] == [recorded]
    chosen = home.link_core(home.path / "chosen")
    nvim.lua("require('opencredits').setup({ command = { ... } })", chosen)
    assert nvim.lua(FIND) == {"command": [chosen], "step": "the option 'command'"}


def test_without_setup_it_starts_with_the_defaults(home):
    home.open(setup=None).wait_text(FULL)


def test_it_can_be_disabled(home):
    nvim = home.open(setup=None, lua="vim.g.opencredits_disable = true")
    nvim.run("nonsense")
    nvim.wait_said("is not known")  # so that whatever was scheduled before has been done
    assert nvim.lua("return package.loaded['opencredits.session']") is None
    assert children(nvim.pid) == []


# its life


RELOAD = """
for name in pairs(package.loaded) do
  if vim.startswith(name, "opencredits") then
    package.loaded[name] = nil
  end
end
require("opencredits").setup()
"""


def test_a_reload_leaves_one_core(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    before = nvim.core()
    nvim.lua(RELOAD)
    nvim.command(f"source {ADAPTER}/plugin/opencredits.lua")
    nvim.wait_other_core(before)
    wait_for(nvim.is_ready, "its answer")
    home.spend("1")
    nvim.run("refresh")
    nvim.wait_text("OpenRouter: $24.00")
    assert len(nvim.cores()) == 1


def test_setup_again_leaves_one_core(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    core = nvim.core()
    for _ in range(3):
        nvim.set_options()
    home.spend("1")
    nvim.run("refresh")
    nvim.wait_text("OpenRouter: $24.00")
    assert nvim.cores() == [core]


def test_answers_may_come_in_another_order(home, script):
    """Those of which one is a page, too."""
    details = {"title": "Page", "markdown": "late", "text": "late", "lists": []}
    script.write(details=[{"until": "refresh"}, {"result": details}])
    nvim = home.play(script)
    nvim.run("details")
    wait_for(lambda: script.params("details"), "the question")
    nvim.run("refresh")
    nvim.wait_page("late")
    assert nvim.said() == []
    assert nvim.lua("return vim.v.errmsg") == ""


# :checkhealth


def test_checkhealth_answers_the_first_questions(home):
    nvim = home.open()
    nvim.wait_text(FULL)
    nvim.command("checkhealth opencredits")
    report = nvim.page_text()

    for part in (home.script, f"opencredits {__version__} answers", FULL, f"{home.state}/opencredits.log"):
        assert part in report
    assert "ERROR" not in report


def test_checkhealth_without_a_core_says_how_to_get_one(home):
    nvim = home.open(env=home.without_core())
    nvim.wait_said("No core was found")
    nvim.command("checkhealth opencredits")
    assert "ERROR" in nvim.page_text()
    assert "pipx install opencredits" in nvim.page_text()
