"""Vim and Neovim open at once, on one home: they show the same, and OpenRouter is asked once."""

import sqlite3
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


def test_an_alert_is_told_once_where_the_person_is(home):
    home.configure("warn_below = 10")
    vim, neovim = home.open(), home.open_neovim()
    neovim.screen()
    go_to(home, vim)
    run_low(home, Decimal(16))
    vim.wait_said("OpenRouter: $9.00 left.")
    go_to(home, neovim)
    run_low(home, Decimal("8.50"))
    neovim.wait_said("OpenRouter: $0.50 left.")
    assert len(vim.said()) == len(neovim.said()) == 1


def test_an_alert_that_was_not_seen_is_told_by_another_editor(home):
    """Vim waits for a key and is killed before it shows anything."""
    home.configure("warn_below = 10")
    vim, neovim = home.open(), home.open_neovim()
    neovim.screen()
    go_to(home, vim)
    vim.type(":echo 'one' | echo 'two'", "Enter")
    wait_for(vim.waits_for_enter, "a question for a key")
    run_low(home, Decimal(16))
    core = vim.core()
    wait_for(lambda: pid_of(ask(home, "SELECT claimed_by FROM alerts")) == core, "the alert in Vim")
    assert neovim.said() == []
    vim.kill()
    neovim.wait_said("OpenRouter: $9.00 left.")
    assert len(neovim.said()) == 1


def go_to(home, editor):
    """Have the focus there, and wait until all know it."""
    editor.wait_text("OpenRouter: $")
    core = editor.core()
    editor.command("doautocmd FocusGained")
    newest = "SELECT holder FROM focus ORDER BY at DESC LIMIT 1"
    wait_for(lambda: pid_of(ask(home, newest)) == core, "the focus")


def run_low(home, spent):
    """Spend, and have all know it."""
    home.sim.account.spend(spent)
    left = home.sim.account.balance
    wait_for(lambda: f"${left:.2f}" in home.cli("refresh", env=home.env).stdout, "the poll")


def ask(home, query):
    """The first field of the first row that is stored; None where there is none."""
    connection = sqlite3.connect(home.state / "opencredits.db")
    row = connection.execute(query).fetchone()
    connection.close()
    return row and row[0]


def pid_of(holder):
    """The process of a holder, as stored: `MACHINE:PID:STARTED`."""
    return holder and int(holder.split(":")[-2])
