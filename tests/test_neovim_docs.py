"""What the Neovim adapter's help and README say is so."""

import re
import shutil

import pytest

import editors
from neovim_session import ADAPTER, Neovim
from opencredits import __version__

HELP = (ADAPTER / "doc/opencredits.txt").read_text(encoding="utf-8")
README = (ADAPTER / "README.md").read_text(encoding="utf-8")
COMMANDS = ["alert", "configure", "details", "log", "refresh", "restart"]

pytestmark = pytest.mark.process


@pytest.fixture(scope="module", params=["0.10", "0.12"])
def nvim(request, tmp_path_factory):
    """A Neovim without a core."""
    home = tmp_path_factory.mktemp("home")
    with Neovim(editors.neovim(request.param), home, {"enabled": False}) as started:
        yield started


def test_commands_complete_and_are_documented(nvim):
    assert nvim.lua("return vim.fn.getcompletion('OpenCredits ', 'cmdline')") == COMMANDS
    assert nvim.lua("return vim.fn.getcompletion('OpenCredits re', 'cmdline')") == ["refresh", "restart"]
    assert nvim.lua("return vim.fn.getcompletion('OpenCredits log ', 'cmdline')") == []
    assert nvim.lua("return vim.fn.getcompletion('OpenCreditsR', 'cmdline')") == ["OpenCreditsRefresh"]
    for command in COMMANDS:
        assert f"*:OpenCredits-{command}*" in HELP
        assert f":OpenCredits {command}" in README


def test_an_unknown_command_names_those_that_exist(nvim):
    nvim.command("OpenCredits refund now")
    assert ", ".join(COMMANDS) in nvim.wait_said(":OpenCredits refund now")


def test_options_are_documented_with_their_defaults(nvim):
    options = nvim.lua("return require('opencredits.config').options")
    assert sorted(options) == ["command", "demo", "enabled", "settings"]
    for name, option in options.items():
        default = nvim.lua("return vim.inspect(require('opencredits.config').options[...].default)", name)
        shown = "found" if default == "nil" else f"`{default}`"
        assert f"*opencredits-{name}*" in HELP
        (row,) = re.findall(rf"^\| `{name}` \| (.*?) \| (.*?) \|$", README, re.MULTILINE)
        assert row[0] == shown
        assert row[1].partition(",")[0].rstrip(".").replace("Neovim", "editor") in option["description"]


def test_functions_and_colours_are_documented(nvim):
    for name in nvim.lua("return vim.tbl_keys(require('opencredits'))"):
        assert f"*opencredits.{name}()*" in HELP
    for group in nvim.lua("return vim.tbl_values(require('opencredits.status').GROUPS)"):
        assert f"*hl-{group}*" in HELP
        assert "links to Diagnostic" in nvim.lua("return vim.fn.execute('highlight ' .. ...)", group)


def test_help_has_tags_that_lead_somewhere(nvim, tmp_path):
    shutil.copytree(ADAPTER / "doc", tmp_path / "doc")
    nvim.lua("vim.opt.runtimepath:append(...)", str(tmp_path))
    nvim.command(f"helptags {tmp_path}/doc")
    tags = {line.split("\t")[0] for line in (tmp_path / "doc/tags").read_text().splitlines()}
    ours = {tag for tag in re.findall(r"\|(\S+?)\|", HELP) if "OpenCredits" in tag or "opencredits" in tag}
    assert ours <= tags
    for tag in sorted({*re.findall(r"\|(\S+?)\|", HELP), "opencredits"}):
        nvim.command(f"help {tag}")
    nvim.command("silent! %bwipeout")


def test_the_versions_are_one(nvim):
    assert nvim.lua("return require('opencredits.version')") == __version__
