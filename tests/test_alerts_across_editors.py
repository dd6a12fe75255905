"""Several editors open at once: a crossing is told in one of them, where the person is."""

import os
import signal
import sys
from decimal import Decimal

import pytest

import adapters
from adapters import FULL
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Debian's Chromium and tmux")

LOW = "$4.90 left"
NEW = (("vscode", "1.139"), ("neovim", "0.12"), ("vim", "9.2"))
OLD = (("neovim", "0.10"), ("vim", "9.0"))


class Machine:
    """The editors by name, in one home, and what they share."""

    def __init__(self, homes, names):
        self.home = homes[0]
        self.all = {name: home.open() for name, home in zip(names, homes, strict=True)}
        for editor in self.all.values():
            editor.wait_text(FULL)
        wait_for(lambda: len(self.home.sql("SELECT * FROM focus")) == len(self.all), "the focus of each")

    def is_in(self, name):
        """The person goes there."""
        editor = self.all[name]
        if (
            name == "vscode"
        ):  # a page of this Chromium never loses the focus, but a new core hears that it has it
            before = editor.core()
            editor.run("restart")
            editor.wait_other_core(before)
        else:
            editor.command("doautocmd FocusLost | doautocmd FocusGained")
        wait_for(lambda: self.focused() == editor.core(), f"the focus of {name}")

    def focused(self):
        """The process that reported the focus last."""
        rows = self.home.sql("SELECT holder FROM focus ORDER BY at DESC")
        return pid_of(rows[0][0]) if rows else None

    def spend(self):
        """So much that little is left, and let somebody who is none of the editors ask."""
        account = self.home.sim.account
        account.spend(account.balance - Decimal("4.90"))
        assert "$4.90" in self.home.refresh_elsewhere()

    def told(self):
        """In which editors it was told, as often as it was."""
        there = [name for name, editor in self.all.items() if name == "vscode" or editor.cores()]
        return [name for name in there for text in self.all[name].said() if LOW in text]

    def buy(self):
        """Credits, so that little is left no more."""
        self.home.sim.account.top_up(Decimal(20))
        assert "$24.50" in self.home.refresh_elsewhere()

    def all_are_shown(self):
        """Whether there is none that somebody has to show still."""
        return not self.home.sql("SELECT 1 FROM alerts WHERE shown_at IS NULL AND offer_at IS NOT NULL")

    def seen_by_all(self):
        """Until each has looked at what the others do, and had its chance to tell it as well."""
        self.home.sql("UPDATE alerts SET offer_at = offer_at - 10")
        self.home.spend("0.40")
        assert "$4.50" in self.home.refresh_elsewhere()
        for name, editor in self.all.items():
            if name == "vscode" or editor.cores():
                editor.wait_text("OpenRouter: $4.50")


def pid_of(holder):
    """The process of a holder, as stored: `MACHINE:PID:STARTED`."""
    return int(holder.split(":")[-2])


@pytest.fixture(params=[NEW, OLD], ids=["new", "old"])
def machine(cli, request):
    """See Machine."""
    with adapters.open_homes(request, *request.param) as homes:
        yield Machine(homes, [name for name, _ in request.param])


def test_it_is_told_once_and_where_the_person_is(machine):
    """Wherever that is, each time anew."""
    names = [*machine.all]
    for turn, name in enumerate(names):
        machine.is_in(name)
        machine.spend()
        wait_for(lambda: len(machine.told()) > turn, "the alert")  # noqa: B023
        wait_for(machine.all_are_shown, "that it is shown")
        machine.seen_by_all()
        assert machine.told() == names[: turn + 1]
        machine.buy()


@pytest.mark.parametrize("machine", [NEW], ids=["new"], indirect=True)
@pytest.mark.parametrize("name", ["neovim", "vim"])
def test_an_editor_that_is_killed_before_it_shows_leaves_it_to_another(machine, name):
    """It hangs when it is told, and then its end comes."""
    machine.is_in(name)
    editor = machine.all.pop(name)
    if name == "vim":  # tmux would let it go on at once
        os.kill(editor.screen_server.pid, signal.SIGSTOP)
    os.kill(editor.pid, signal.SIGSTOP)
    machine.spend()
    wait_for(
        lambda: machine.home.sql("SELECT 1 FROM alerts WHERE claimed_by IS NOT NULL"), "that it is taken"
    )
    assert machine.told() == []
    os.kill(editor.pid, signal.SIGKILL)
    wait_for(machine.told, "the alert")
    machine.seen_by_all()
    assert len(machine.told()) == 1


@pytest.mark.parametrize("machine", [OLD], ids=["old"], indirect=True)
def test_an_alert_that_was_not_seen_is_told_by_another_editor(machine):
    """Vim waits for a key, and is killed before it shows anything."""
    machine.is_in("vim")
    vim = machine.all.pop("vim")
    vim.type(":echo 'one' | echo 'two'", "Enter")
    wait_for(vim.waits_for_enter, "a question for a key")
    core = vim.core()
    machine.spend()
    taken = "SELECT claimed_by FROM alerts WHERE claimed_by IS NOT NULL"
    wait_for(lambda: [pid_of(row[0]) for row in machine.home.sql(taken)] == [core], "the alert in Vim")
    assert machine.told() == []
    vim.kill()
    wait_for(machine.told, "the alert")
    assert machine.told() == ["neovim"]
