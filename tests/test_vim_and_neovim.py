"""Vim and Neovim open at once, on one home: they show the same, and OpenRouter is asked once."""

import sys
from decimal import Decimal

import pytest

import editors
from desktop import Desktop
from neovim_session import Neovim
from vim_session import FULL, VERSIONS, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux and signals are POSIX's")

TOGETHER = list(zip(VERSIONS, ["0.10", "0.12"], strict=True))


@pytest.fixture(params=TOGETHER, ids=["Vim {}, Neovim {}".format(*each) for each in TOGETHER])
def home(cli, request):
    """See vim_session.Home; `home.open_neovim()` starts the other one."""
    vim, neovim = request.param
    with open_home(cli, vim) as home:
        editor = editors.neovim(neovim)
        home.open_neovim = lambda: home.stack.enter_context(
            Neovim(editor, home.path, {"command": home.script}, env=home.env)
        )
        yield home


def test_both_show_the_same_and_ask_once(home):
    """One poll is two requests, whoever makes it; and both show what one of them has asked for."""
    vim, neovim = home.open(), home.open_neovim()
    assert (vim.wait_text(FULL), neovim.wait_text(FULL)) == (FULL, FULL)
    assert (home.sim.count("/key"), home.sim.count("/credits"), home.sim.count()) == (1, 1, 2)
    home.sim.account.spend(Decimal(2))
    vim.command("OpenCreditsRefresh")
    assert vim.wait_text("OpenRouter: $23.00") == neovim.wait_text("OpenRouter: $23.00")
    assert home.sim.count() == 4
    assert len(vim.cores()) == len(neovim.cores()) == 1


def test_a_key_that_is_entered_in_neovim_is_used_by_vim(home):
    """By a real keyring; in the environment there is none."""
    with Desktop() as session:
        session.start_keyring("password")
        home.env |= {**session.variables, "OPENROUTER_API_KEY": None}
        vim, neovim = home.open(), home.open_neovim()
        assert vim.wait_text("OpenRouter: Set") == neovim.wait_text("OpenRouter: Set")
        neovim.answer("OpenRouter: API key", "Enter an API key")
        neovim.command("OpenCredits configure")
        wait_for(lambda: neovim.api.request("nvim_get_mode")["mode"] == "c", "the prompt")
        neovim.type(f"{home.sim.key}<CR>")
        assert neovim.wait_text(FULL) == vim.wait_text(FULL)
        assert home.sim.count("/credits") >= 1
        vim.wait_screen(FULL)
