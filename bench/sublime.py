"""What the package costs while Sublime Text starts, in the tests' stand-in for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import sublime_session
from installation import Installation
from opencredits.simulator import Simulator

from . import HERE
from .home import Home
from .process import output
from .rounds import medians
from .table import Row


def measure(program: Installation, folder: Path, rounds: int) -> Iterator[Row | str]:
    """On each Python of a plugin host that is here."""
    with Simulator("steady") as sim:
        home = Home(program, folder / "home", sim)
        home.poll()
        for version in sublime_session.VERSIONS:
            try:
                python = sublime_session.python(version)
            except pytest.skip.Exception as missing:
                yield str(missing)
                continue
            data = folder / version
            sublime_session.make_data(data)
            sublime_session.install(data)
            name = f"Sublime's host {version}, plugin_loaded"
            found = medians({name: partial(loaded, python, data, home)}, rounds)
            yield Row(found[name], "ms", most=5)


def loaded(python: str, data: Path, home: Home) -> float:
    """Milliseconds until `plugin_loaded` returns."""
    arguments = map(str, (HERE / "sublime_start.py", sublime_session.HOST, data))
    return float(output([python, "-B", *arguments], home.environ, data))
