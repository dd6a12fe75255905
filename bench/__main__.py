"""Measures all parts, or those that are named, and prints a table: `hatch run bench [ROUNDS] [PART...]`.

Trust the ratios, which come from one run: each round measures everything once, in an order of its own, so
that whatever else the machine does meets all of it alike. Shown are medians. The program is the installed
wheel.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from installation import Installation, install

from . import bridge, command_line, idle, neovim, sublime, vscode
from .table import HEAD, Row, line

ROUNDS = 30
PARTS: dict[str, Callable[[Installation, Path, int], Iterator[Row | str]]] = {
    "command-line": command_line.measure,
    "bridge": bridge.measure,
    "idle": idle.measure,
    "neovim": neovim.measure,
    "sublime": sublime.measure,
    "vscode": vscode.measure,
}


def main(arguments: list[str]) -> None:
    """Measure, and print each row as soon as it is known."""
    rounds = int(arguments.pop(0)) if arguments and arguments[0].isdecimal() else ROUNDS
    unknown = set(arguments) - set(PARTS)
    if unknown:
        sys.exit(f"bench: there is no part {', '.join(sorted(unknown))}; known are {', '.join(PARTS)}.")
    print(f"Python {sys.version.split()[0]} on {sys.platform}, medians of {rounds}, alternating\n{HEAD}")
    with tempfile.TemporaryDirectory() as scratch:
        program = install(Path(scratch))
        for part in arguments or PARTS:
            folder = Path(scratch, part)
            folder.mkdir()
            for row in PARTS[part](program, folder, rounds):
                print(line(row), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
