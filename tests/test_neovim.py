"""The Neovim adapter in real Neovims with lualine, and the installed core against the simulator."""

import contextlib
import json
import os
import signal
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import editors
from neovim_session import Neovim, is_running, wait_for
from opencredits.simulator import Fault, Simulator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and sockets are POSIX's")


@pytest.fixture(params=["0.10", "0.12"])
def editor(request):
    """Each Neovim that is supported."""
    return editors.neovim(request.param)


class Home:
    """A home beside a simulator, with the key in the environment, and the Neovims in it."""

    def __init__(self, cli, sim, editor, stack):
        self.path, self.script, self.sim = cli.home, cli.script, sim
        self.editor, self.stack = editor, stack
        self.state = cli.home / ".local/state/opencredits"
        self.config = cli.home / ".config/opencredits/config.toml"
        self.config.parent.mkdir(parents=True)
        self.configure()
        self.env = {"OPENROUTER_API_KEY": sim.key}

    def configure(self, *lines, label="OpenRouter"):
        """Write `config.toml`."""
        account = ["[accounts.default]", f'base_url = "{self.sim.base_url}"', f"label = {json.dumps(label)}"]
        self.config.write_text("\n".join([*lines, *account]) + "\n")

    def open(self, options=None, *, env=None, **more):
        """Start a Neovim that finds the installed core."""
        options = {"command": self.script, **(options or {})}
        started = Neovim(self.editor, self.path, options, env={**self.env, **(env or {})}, **more)
        return self.stack.enter_context(started)


@pytest.fixture
def home(cli, editor):
    """See Home; the account is steady."""
    with contextlib.ExitStack() as stack:
        sim = stack.enter_context(Simulator("idle"))
        yield Home(cli, sim, editor, stack)


def test_shows_the_balance_in_the_colour_of_its_level(home):
    nvim = home.open()
    nvim.wait_text("OpenRouter: $25.00")
    assert nvim.group().startswith("lualine_c_opencredits_ok")
    assert nvim.lua("return vim.g.opencredits.text") == "OpenRouter: $25.00"
    assert nvim.lua("return require('opencredits').statusline()") == "%#OpenCreditsOk#OpenRouter: $25.00%*"
    assert nvim.lua("return require('opencredits').status().accounts[1].balance") == "25.00"
    assert nvim.said() == []
