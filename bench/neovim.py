"""What the adapter costs in a Neovim: while it starts, and in lualine."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import editors
from editors import Editor
from installation import ROOT, Installation
from opencredits.simulator import Simulator

from . import HERE
from .home import Home
from .process import output
from .rounds import medians
from .table import Figure, Row

VERSIONS = ("0.10", "0.12")
ADAPTER = {"BENCH_ADAPTER": str(ROOT / "plugins" / "neovim")}
WITH_COMPONENT = {**ADAPTER, "BENCH_COMPONENT": "opencredits"}


def measure(program: Installation, folder: Path, rounds: int) -> Iterator[Row | str]:
    """Of each Neovim that is here."""
    with Simulator("steady") as sim:
        home = Home(program, folder / "home", sim)
        home.set("update_interval", "24h")  # what is stored stays fresh
        home.poll()
        for version in VERSIONS:
            try:
                editor = editors.neovim(version)
                environ = environ_of(editor, program, home, folder)
            except pytest.skip.Exception as missing:
                yield str(missing)
                continue
            neovim = Neovim(editor.program, environ, folder)
            yield f"{editor.name}:"
            yield from start(neovim, rounds)
            yield from component(neovim, rounds)


def environ_of(editor: Editor, program: Installation, home: Home, folder: Path) -> Mapping[str, str]:
    """With lualine, and with the core on PATH."""
    path = os.pathsep.join([str(program.script.parent), home.environ["PATH"]])
    no_plugins_of_the_machine = dict.fromkeys(("XDG_DATA_DIRS", "XDG_CONFIG_DIRS"), str(folder))
    lualine = {"BENCH_LUALINE": str(editor.plugin("lualine"))}
    return {**home.environ, **editor.environ, **no_plugins_of_the_machine, **lualine, "PATH": path}


@dataclass(frozen=True)
class Neovim:
    """An installed one, in a home with a stored status."""

    program: str
    environ: Mapping[str, str]
    folder: Path

    def run(self, config: str, more: Mapping[str, str], *args: str) -> str:
        """What it writes until it quits by itself."""
        command = [self.program, "--headless", "-i", "NONE", "-u", str(HERE / "lua" / config), *args]
        return output(command, {**self.environ, **more}, self.folder)

    def start_up(self, more: Mapping[str, str]) -> float:
        """Milliseconds until it is up."""
        log = self.folder / "startup.log"
        log.unlink(missing_ok=True)
        self.run("start.lua", more, "--startuptime", str(log))
        found = re.search(r"^(\d+\.\d+).*--- NVIM STARTED ---", log.read_text(), re.MULTILINE)
        assert found is not None, "Neovim did not come up"
        return float(found[1])

    def first_text(self) -> float:
        """Milliseconds from `setup()` to a text."""
        return float(self.run("start.lua", WITH_COMPONENT))


def start(neovim: Neovim, rounds: int) -> Iterator[Row]:
    """Start-up, and what is shown first."""
    bare, adapter = "start-up without", "start-up with the adapter"
    shown, text = "start-up with its component as well", "setup() to the first text"
    found = medians(
        {
            bare: lambda: neovim.start_up({}),
            adapter: lambda: neovim.start_up(ADAPTER),
            shown: lambda: neovim.start_up(WITH_COMPONENT),
            text: neovim.first_text,
        },
        rounds,
    )
    yield Row(found[adapter], "ms", found[bare], more=1)
    yield Row(found[shown], "ms", found[bare], more=1)
    yield Row(found[text], "ms", most=5)


def component(neovim: Neovim, rounds: int) -> Iterator[Row]:
    """A call of lualine's component."""
    found = json.loads(neovim.run("component.lua", {**ADAPTER, "BENCH_ROUNDS": str(rounds)}))

    def row(title: str, what: str, unit: str, how: str = "", **targets: float) -> Row:
        ours, theirs = (found[f"{name}{how}"][what] for name in ("opencredits", "filename"))
        return Row(
            Figure(f"component, {title}", ours), unit, Figure(f"lualine's filename{how}", theirs), **targets
        )

    yield row("a call", "time", "ns", times=0.2)
    yield row("garbage of a call", "garbage", "bytes", most=0)
    yield row("its calls of uv, io, os and vim.fn", "outside", "calls", most=0)
    yield row("drawn by lualine", "time", "ns", " drawn")
