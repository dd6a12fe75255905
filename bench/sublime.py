"""What the package costs while Sublime Text starts, in the tests' stand-in for it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import sublime_session
from installation import Installation
from opencredits.simulator import Simulator

from . import HERE
from .home import Home
from .rounds import medians
from .table import Row

PATIENCE = 60.0  # seconds; for what hangs


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
            for each in ("Packages/User", "Installed Packages", "Local", "Cache"):
                (data / each).mkdir(parents=True)
            place = data / "Packages" / sublime_session.PACKAGE
            shutil.copytree(sublime_session.ADAPTER, place, ignore=shutil.ignore_patterns("__pycache__"))
            name = f"Sublime's host {version}, plugin_loaded"
            found = medians({name: partial(loaded, python, data, home)}, rounds)
            yield Row(found[name], "ms", most=5)


def loaded(python: str, data: Path, home: Home) -> float:
    """Milliseconds until `plugin_loaded` returns."""
    return float(
        subprocess.run(
            [python, "-B", HERE / "sublime_start.py", sublime_session.HOST, data],
            env=home.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=True,
            timeout=PATIENCE,
        ).stdout
    )
