"""VS Code, Neovim and Vim open at once, on one home: they show the same, and OpenRouter is asked once."""

import contextlib
import sys
from decimal import Decimal

import pytest

import editors
import vim_session
from desktop import Desktop
from neovim_session import Neovim
from vscode_session import FULL, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's Chromium and tmux")


@pytest.fixture
def home(cli, browser):
    """See vscode_session.Home; `home.open_others()` starts a Vim and a Neovim."""
    with open_home(cli, browser) as home, contextlib.ExitStack() as stack:

        def open_others():
            core = str(home.path / ".local/bin/opencredits")
            vim = vim_session.Vim(
                editors.vim("9.2"),
                home.path,
                f"set runtimepath+={vim_session.ADAPTER}\nlet g:opencredits_command = '{core}'",
                env=home.env,
            )
            neovim = Neovim(editors.neovim("0.12"), home.path, {"command": core}, env=home.env)
            return stack.enter_context(vim), stack.enter_context(neovim)

        home.open_others = open_others
        yield home


def test_all_show_the_same_and_ask_once(home):
    """One poll is two requests, whoever makes it; and all show what one of them has asked for."""
    window, (vim, neovim) = home.open(), home.open_others()
    assert window.wait_text(FULL) == vim.wait_text(FULL) == neovim.wait_text(FULL) == FULL
    assert (home.sim.count("/key"), home.sim.count("/credits"), home.sim.count()) == (1, 1, 2)
    home.sim.account.spend(Decimal(2))
    window.click()
    left = "OpenRouter: $23.00"
    assert window.wait_text(left) == vim.wait_text(left) == neovim.wait_text(left) == left
    assert home.sim.count() == 4
    assert len(window.server.cores()) == len(vim.cores()) == len(neovim.cores()) == 1


def test_a_key_that_is_entered_in_vs_code_is_used_by_the_others(home):
    """By a real keyring; in the environment there is none."""
    with Desktop() as session:
        session.start_keyring("password")
        home.env |= {**session.variables, "OPENROUTER_API_KEY": None}
        window, (vim, neovim) = home.open(), home.open_others()
        assert window.wait_text("OpenRouter: Set") == vim.wait_text("OpenRouter: Set")
        neovim.wait_text("OpenRouter: Set")
        window.run("OpenCredits: Configure Providers")
        window.choose("OpenRouter: API key")
        window.choose("Enter an API key")
        window.answer(home.sim.key)
        assert window.wait_text(FULL) == vim.wait_text(FULL) == neovim.wait_text(FULL)
        wait_for(lambda: home.sim.count("/credits"), "a request")
