"""VS Code, Neovim and Vim open at once: a crossing is told in one of them, where the person is."""

import contextlib
import os
import signal
import sqlite3
import sys
from decimal import Decimal

import pytest

import editors
import vim_session
from neovim_session import Neovim
from vscode_session import FULL, open_home
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's Chromium and tmux")

LOW = "$4.90 left"
NAMES = ("vscode", "neovim", "vim")


class Machine:
    """The three editors by name, in one home, and what they share."""

    def __init__(self, home, stack):
        core = str(home.path / ".local/bin/opencredits")
        vimrc = f"set runtimepath+={vim_session.ADAPTER}\nlet g:opencredits_command = '{core}'"
        self.home = home
        self.window = home.open()
        self.neovim = stack.enter_context(
            Neovim(editors.neovim("0.12"), home.path, {"command": core}, env=home.env)
        )
        self.neovim.screen()  # without one, nobody could see what it tells
        self.vim = stack.enter_context(
            vim_session.Vim(editors.vim("9.2"), home.path, vimrc, env=home.env, size=(160, 24))
        )
        self.all = {"vscode": self.window, "neovim": self.neovim, "vim": self.vim}
        for editor in self.all.values():
            editor.wait_text(FULL)
        wait_for(lambda: len(self.sql("SELECT * FROM focus")) == len(self.all), "the focus of each")

    def core(self, name):
        """Its bridge."""
        return self.window.server.core() if name == "vscode" else self.all[name].core()

    def is_in(self, name):
        """The person goes there."""
        if (
            name == "vscode"
        ):  # a page of this Chromium never loses the focus, but a new core hears that it has it
            before = self.core(name)
            self.window.run("OpenCredits: Restart")
            wait_for(lambda: self.window.server.cores() not in ([], [before]), "the new core")
        elif name == "neovim":
            self.neovim.command("doautocmd FocusLost | doautocmd FocusGained")
        else:
            self.vim.command("doautocmd FocusLost | doautocmd FocusGained")
        wait_for(lambda: self.focused() == self.core(name), f"the focus of {name}")

    def focused(self):
        """The process that reported the focus last."""
        rows = self.sql("SELECT holder FROM focus ORDER BY at DESC")
        return int(rows[0][0].split(":")[-2]) if rows else None

    def sql(self, statement):
        """Ask the shared file."""
        with contextlib.closing(sqlite3.connect(self.home.state / "opencredits.db", timeout=10)) as db, db:
            return db.execute(statement).fetchall()

    def spend(self):
        """So much that little is left, and let somebody who is none of the editors ask."""
        account = self.home.sim.account
        account.spend(account.balance - Decimal("4.90"))
        self.ask("$4.90")

    def ask(self, left):
        """As somebody in a terminal does."""
        self.sql("UPDATE series SET manual_at = NULL")
        assert left in self.home.cli("refresh", env=self.home.env).stdout

    def told(self):
        """In which editors it was told, as often as it was."""
        return [
            name for name in self.all if self.is_there(name) for text in self.all[name].said() if LOW in text
        ]

    def is_there(self, name):
        """Whether it can be looked at."""
        return name == "vscode" or self.all[name].cores()

    def buy(self):
        """Credits, so that little is left no more."""
        self.home.sim.account.top_up(Decimal(20))
        self.ask("$24.50")

    def all_are_shown(self):
        """Whether there is none that somebody has to show still."""
        return not self.sql("SELECT 1 FROM alerts WHERE shown_at IS NULL AND offer_at IS NOT NULL")

    def seen_by_all(self):
        """Until each has looked at what the others do, and had its chance to tell it as well."""
        self.sql("UPDATE alerts SET offer_at = offer_at - 10")
        self.home.sim.account.spend(Decimal("0.40"))
        self.ask("$4.50")
        for name in filter(self.is_there, self.all):
            self.all[name].wait_text("OpenRouter: $4.50")


@pytest.fixture
def machine(cli, browser):
    """See Machine."""
    with open_home(cli, browser) as home, contextlib.ExitStack() as stack:
        home.cli.home = home.path
        yield Machine(home, stack)


def test_it_is_told_once_and_where_the_person_is(machine):
    """Wherever that is, each time anew."""
    for turn, name in enumerate(NAMES):
        machine.is_in(name)
        machine.spend()
        wait_for(lambda: len(machine.told()) > turn, "the alert")  # noqa: B023
        wait_for(machine.all_are_shown, "that it is shown")
        machine.seen_by_all()
        assert machine.told() == list(NAMES[: turn + 1])
        machine.buy()


@pytest.mark.parametrize("name", ["neovim", "vim"])
def test_an_editor_that_is_killed_before_it_shows_leaves_it_to_another(machine, name):
    """It hangs when it is told, and then its end comes."""
    machine.is_in(name)
    editor = machine.all.pop(name)
    if name == "vim":  # tmux would let it go on at once
        os.kill(editor.screen_server.pid, signal.SIGSTOP)
    os.kill(editor.pid, signal.SIGSTOP)
    machine.spend()
    wait_for(lambda: machine.sql("SELECT 1 FROM alerts WHERE claimed_by IS NOT NULL"), "that it is taken")
    assert machine.told() == []
    os.kill(editor.pid, signal.SIGKILL)
    wait_for(machine.told, "the alert")
    machine.seen_by_all()
    assert len(machine.told()) == 1
