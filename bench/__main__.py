"""What the command line costs, as ratios: `hatch run bench [ROUNDS]`.

Each round runs every command once, in an order of its own, so that whatever else the machine does meets all
of them alike. Shown are medians and their ratios. The program is the installed wheel.
"""

from __future__ import annotations

import os
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from installation import Installation, clean_environ, install  # noqa: E402  # shared with the tests
from opencredits.simulator import Simulator  # noqa: E402

ROUNDS = 20
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


@dataclass(frozen=True)
class Row:
    """What a command may cost at most, in multiples of another one; None: not limited."""

    command: Command
    against: Command
    wall: float | None = None
    peak: float | None = None


TABLE = (
    Row(BARE, BARE),
    Row(IMPORT, BARE, wall=1.2),
    Row(LINE, BARE, wall=3.5, peak=1.8),
    Row(CACHED, BARE),
    Row(YEARS, CACHED, wall=1.2),
)


@dataclass(frozen=True)
class Bench:
    """The installed program, and homes with readings to show."""

    program: Installation
    homes: Mapping[str, Mapping[str, str]]
    """The environment for each home."""

    def wall(self, command: Command) -> float:
        """Seconds from start to end."""
        started = time.perf_counter()
        self._run(command, {})
        return time.perf_counter() - started

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
            env={**self.homes[command.home], **more},
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=fds,
        )


def prepare(folder: Path) -> Bench:
    """Install the program, poll a simulator once for each home, and give one of them a long past."""
    program = install(folder)
    homes = {}
    with Simulator("steady") as simulator:
        for name in ("one reading", "ten years"):
            home = folder / name
            home.mkdir()
            given = {"OPENCREDITS_HOME": str(home), "OPENROUTER_API_KEY": simulator.key}
            homes[name] = clean_environ(home, given)
            for args in (("config", "set", "accounts.default.base_url", simulator.base_url), ("status",)):
                subprocess.run(
                    [program.script, *args], env=homes[name], check=True, stdout=subprocess.DEVNULL
                )
    fill(folder / "ten years" / "state" / "opencredits.db")
    return Bench(program, homes)


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


def medians(measure: Callable[[Command], float], rounds: int) -> dict[Command, float]:
    """The median for each command, over rounds in different orders; one more goes first, to fill caches."""
    found: dict[Command, list[float]] = {row.command: [] for row in TABLE}
    chance = random.Random(0)
    for _ in range(rounds + 1):
        for command in chance.sample(list(found), len(found)):
            found[command].append(measure(command))
    return {command: statistics.median(figures[1:]) for command, figures in found.items()}


def cells(figures: Mapping[Command, float], row: Row, most: float | None) -> str:
    """A figure, its ratio, and what that may be."""
    ratio = figures[row.command] / figures[row.against]
    target = "" if most is None else f"<= {most}  {'met' if ratio <= most else 'MISSED'}"
    return f"{figures[row.command]:9.1f}{ratio:7.2f}x  {target:14}"


def main() -> None:
    """Measure everything and print the table."""
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        bench = prepare(Path(folder))
        wall = medians(lambda command: bench.wall(command) * 1000, rounds)
        peak = medians(bench.peak, rounds) if sys.platform == "linux" else None
    print(f"Python {sys.version.split()[0]} on {sys.platform}, medians of {rounds}, alternating")
    titles = f"{'wall ms':>9}{'ratio':>8}  {'target':14}{'peak MiB':>9}{'ratio':>8}  target"
    print(f"{'command':28}{'against':16}{titles}")
    for row in TABLE:
        head = f"{row.command.name:28}{row.against.name:16}"
        memory = cells(peak, row, row.peak) if peak else f"{'-':>9}"
        print(f"{head}{cells(wall, row, row.wall)}{memory}".rstrip())


if __name__ == "__main__":
    main()
