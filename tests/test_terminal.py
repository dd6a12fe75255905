"""What is printed where an encoding lacks the sign."""

import io
import os
import subprocess
import sys
from datetime import timedelta

import pytest

from installation import clean_environ
from opencredits.cli import terminal
from opencredits.history import sparkline
from opencredits.simulator import Simulator
from test_cli_guard import Home

SPARKLINE = sparkline([None, *range(8)])


@pytest.mark.parametrize(
    ("encoding", "text", "shown"),
    [
        ("utf-8", f"{SPARKLINE} █▌é🎉", f"{SPARKLINE} █▌é🎉"),
        ("ascii", SPARKLINE, " _.:-=+*#"),
        ("ascii", "██▏ █▍ █▌ █▉", "##. #. ## ##"),
        ("latin-1", "█ é🎉", "# é?"),
        ("ascii", "é🎉", "??"),
    ],
)
def test_blocks_are_drawn_in_ascii_where_there_are_none(monkeypatch, encoding, text, shown):
    """And nothing that cannot be drawn ends the program."""
    printed = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(printed, encoding))
    terminal.never_fail_to_print()
    print(text, end="", flush=True)
    assert printed.getvalue().decode(encoding) == shown


@pytest.fixture
def home(cli):
    """Half an hour ago a dollar less had been spent."""
    with Simulator("steady") as sim:
        home = Home(cli, sim, None)
        home.was_read(timedelta(minutes=30), spent="1")
        home.env["PYTHONIOENCODING"] = "ascii"
        yield home


def test_the_last_hours_are_drawn_in_ascii(home):
    """Where a program that reads it asks for that."""
    shown = home.cli("status", env=home.env).stdout
    (line,) = [line for line in shown.splitlines() if line.startswith("Last 24 hours: ")]
    assert line.startswith(f"Last 24 hours: {' ' * 23}# $1.0")


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_a_chart_is_drawn_in_ascii(home):
    """On a terminal that knows no more."""
    home.cli("refresh", env=home.env)
    master, slave = os.openpty()
    env = clean_environ(home.path, {**home.env, "TERM": "xterm", "COLUMNS": "80"})
    subprocess.run(
        [home.script, "history", "--since", "2h", "--by", "hour"], env=env, stdout=slave, check=True
    )
    os.close(slave)
    seen = os.read(master, 65536).decode("ascii")
    os.close(master)
    assert "#####" in seen
    assert "?" not in seen
