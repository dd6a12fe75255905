"""What the command line costs."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from installation import Installation
from opencredits.simulator import Simulator

from . import HERE
from .home import Home
from .rounds import medians
from .table import Row

DAY = 86400


@dataclass(frozen=True)
class Command:
    """Something to run, in one of the homes below. `args` begin with "python" or "opencredits"."""

    name: str
    args: tuple[str, ...]
    home: str = "one reading"


BARE = Command("python -c pass", ("python", "-c", "pass"))
IMPORT = Command("import opencredits", ("python", "-c", "import opencredits"))
LINE = Command("status --line --cached", ("opencredits", "status", "--line", "--cached"))
CACHED = Command("status --cached", ("opencredits", "status", "--cached"))
YEARS = Command("status --cached, ten years", ("opencredits", "status", "--cached"), home="ten years")
MONTHS = ("opencredits", "history", "--since", "10y", "--by", "month")
HISTORY = Command("history", MONTHS)
TEN_YEARS = Command("history, ten years", MONTHS, home="ten years")
COMMANDS = (BARE, IMPORT, LINE, CACHED, YEARS, HISTORY, TEN_YEARS)


@dataclass(frozen=True)
class Pair:
    """What a command may cost at most, in multiples of another one; None: not limited."""

    command: Command
    against: Command
    wall: float | None = None
    peak: float | None = None


PAIRS = (
    Pair(IMPORT, BARE, wall=1.2),
    Pair(LINE, BARE, wall=3.5, peak=1.8),
    Pair(CACHED, BARE),
    Pair(YEARS, CACHED, wall=1.2),
    Pair(HISTORY, BARE),
    Pair(TEN_YEARS, HISTORY, wall=3),
)


def measure(program: Installation, folder: Path, rounds: int) -> Iterator[Row | str]:
    """Time from start to end, and memory at most."""
    runner = prepare(program, folder)
    wall = medians(of_each(runner.wall), rounds)
    for pair in PAIRS:
        yield Row(wall[pair.command.name], "ms", wall[pair.against.name], times=pair.wall)
    if sys.platform != "linux":
        yield "The peaks are not measured: only Linux tells them."
        return
    peak = medians(of_each(runner.peak), rounds)
    for pair in PAIRS:
        yield Row(peak[pair.command.name], "MiB peak", peak[pair.against.name], times=pair.peak)


def of_each(measure: Callable[[Command], float]) -> dict[str, Callable[[], float]]:
    """This measure of every command."""
    return {command.name: partial(measure, command) for command in COMMANDS}


@dataclass(frozen=True)
class Runner:
    """The installed program, and homes with readings to show."""

    program: Installation
    homes: Mapping[str, Home]

    def wall(self, command: Command) -> float:
        """Milliseconds from start to end."""
        started = time.perf_counter()
        self._run(command, {})
        return (time.perf_counter() - started) * 1000

    def peak(self, command: Command) -> float:
        """MiB at most resident (VmHWM)."""
        reader, writer = os.pipe()
        try:
            self._run(command, {"PYTHONPATH": str(HERE / "peak"), "BENCH_PEAK_FD": str(writer)}, writer)
            told = os.read(reader, 8192).decode()
        finally:
            os.close(reader)
            os.close(writer)
        found = re.search(r"^VmHWM:\s+(\d+) kB$", told, re.MULTILINE)
        assert found is not None, f"{command.name} did not tell its peak"
        return int(found[1]) / 1024

    def _run(self, command: Command, more: Mapping[str, str], *fds: int) -> None:
        program = {"python": self.program.python, "opencredits": self.program.script}[command.args[0]]
        subprocess.run(
            [program, *command.args[1:]],
            env={**self.homes[command.home].environ, **more},
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=fds,
        )


def prepare(program: Installation, folder: Path) -> Runner:
    """Poll a simulator once for each home, and give one of them a long past."""
    with Simulator("steady") as sim:
        homes = {name: Home(program, folder / name, sim) for name in ("one reading", "ten years")}
        for home in homes.values():
            home.poll()
    fill(homes["ten years"].database)
    return Runner(program, homes)


def fill(database: Path) -> None:
    """Ten years of readings before the newest one, as thinning leaves them: see store/thinning.py."""
    db = sqlite3.connect(database)
    series, newest, credits, spent = db.execute(
        "SELECT series_id, read_at, total_credits, total_usage FROM readings"
    ).fetchone()
    ages = [*range(60, 30 * DAY, 60), *range(30 * DAY, 395 * DAY, 3600), *range(395 * DAY, 3653 * DAY, DAY)]
    rows = [(series, newest - age, credits, spent - spent * age // (4000 * DAY)) for age in reversed(ages)]
    with db:
        db.executemany(
            "INSERT INTO readings (series_id, read_at, total_credits, total_usage) VALUES (?, ?, ?, ?)", rows
        )
    db.close()
