"""Programs that are measured: what one writes, and what /proc knows of one that runs."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_MAPPING = re.compile(r"^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+ *(.*)$")
_LONGEST_WAIT = 120.0  # seconds; for what hangs
_WHILE = 3.0  # seconds; longer than anything that a bridge waits for by itself
_AT_REST = 5.0  # milliseconds of work in that while: more than a bridge needs to look whether there is news


def output(command: Sequence[str], environ: Mapping[str, str], folder: Path) -> str:
    """What a program writes until it ends by itself. Raises CalledProcessError when it fails."""
    done = subprocess.run(
        command,
        env=environ,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
        timeout=_LONGEST_WAIT,
    )
    return done.stdout


def peak(pid: int) -> float:
    """MiB that were resident at most."""
    return _status(_PROC / str(pid), "VmHWM") / 1024


def size(pid: int, among: int = 1) -> float:
    """MiB that a Python takes (PSS) as one of so many alike, when no other Python runs.

    The kernel divides each page by the number of processes that share it. This benchmark is a Python as
    well, and there may be others: they would bear their part of the interpreter. So what only Pythons map is
    divided by `among`; the rest, such as the C library that everything shares, is taken as the kernel has it.
    """
    others = _mapped_by_others()
    kib = 0.0
    for file, sizes in _mappings(pid):
        if file.startswith("/") and file not in others:
            shared = sizes["Shared_Clean"] + sizes["Shared_Dirty"]
            kib += sizes["Rss"] - shared + shared / among
        else:
            kib += sizes["Pss"]
    return kib / 1024


@dataclass(frozen=True)
class Activity:
    """Since the start, by all threads that are there."""

    wakes: int
    """How often one of them waited and was woken."""
    milliseconds: float
    """At work on a processor."""

    def __sub__(self, earlier: Activity) -> Activity:
        return Activity(self.wakes - earlier.wakes, self.milliseconds - earlier.milliseconds)


def activity(pid: int) -> Activity:
    """Of a process that runs."""
    wakes, nanoseconds = 0, 0
    for thread in (_PROC / str(pid) / "task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # one that has just ended
            wakes += _status(thread, "voluntary_ctxt_switches")
            nanoseconds += int((thread / "schedstat").read_text().split()[0])
    return Activity(wakes, nanoseconds / 1e6)


def wait_at_rest(pids: Sequence[int]) -> None:
    """Until each has done all that it does after its start."""

    def at_rest() -> bool:
        before = [activity(pid) for pid in pids]
        time.sleep(_WHILE)
        after = [activity(pid) for pid in pids]
        return all((b - a).milliseconds < _AT_REST for a, b in zip(before, after, strict=True))

    wait_for(at_rest, "rest")


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Until it is so."""
    deadline = time.monotonic() + _LONGEST_WAIT
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come in time"
        time.sleep(0.02)


def _status(folder: Path, name: str) -> int:
    """A number that the kernel tells of a process or thread."""
    found = re.search(rf"^{name}:\s+(\d+)", (folder / "status").read_text(), re.MULTILINE)
    assert found is not None, "it has ended"
    return int(found[1])


def _mappings(pid: int) -> Iterator[tuple[str, dict[str, int]]]:
    """Each mapping of a process: its file ("" for none), and its sizes in KiB."""
    file, sizes = "", {}
    for line in [*(_PROC / str(pid) / "smaps").read_text().splitlines(), "0-0 - - - 0"]:
        begins = _MAPPING.match(line)
        if begins is None:
            name, value, *_ = line.split()
            sizes[name.rstrip(":")] = int(value) if value.isdecimal() else 0
            continue
        if sizes:
            yield file, sizes
        file, sizes = begins[1], {}


def _mapped_by_others() -> set[str]:
    """The files that processes map which are no Pythons, as far as we may know."""
    found: set[str] = set()
    for process in _PROC.glob("[0-9]*"):
        try:
            if not Path(os.readlink(process / "exe")).name.startswith("python"):
                lines = (process / "maps").read_text().splitlines()
                found.update(match[1] for match in map(_MAPPING.match, lines) if match)
        except OSError:  # it has ended, or belongs to somebody else
            continue
    return found
