"""What the extension costs in VS Code: its size, and what its start holds up."""

from __future__ import annotations

import statistics
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import editors
import extension
from browser import Browser
from installation import Installation
from opencredits.simulator import Simulator
from vscode_session import VERSION, VsCode

from . import HERE
from .home import Home
from .table import Figure, Row

MOST_WINDOWS = 7  # each takes several seconds


def measure(program: Installation, folder: Path, rounds: int) -> Iterator[Row | str]:
    """In a real workbench, with a stored status."""
    if extension.VSIX.exists():
        yield Row(Figure("the VSIX, besides images", size(extension.VSIX)), "kB", most=60)
    else:
        yield f"{extension.VSIX.relative_to(HERE.parent)} has not been made: 'npm run package' there"
    with ExitStack() as stack:
        try:
            editor, browser = editors.vscode(VERSION), stack.enter_context(Browser())
        except pytest.skip.Exception as missing:
            yield str(missing)
            return
        home = Home(program, folder / "home", stack.enter_context(Simulator("steady")))
        home.poll()
        settings = {"opencredits.command": str(program.script)}
        vscode = stack.enter_context(VsCode(editor, browser, folder / "home", settings, env=home.environ))
        yield from start(editor.name, vscode, min(rounds, MOST_WINDOWS))


def size(vsix: Path) -> float:
    """Kilobytes of what is in it, as it is packed."""
    with zipfile.ZipFile(vsix) as archive:
        return (
            sum(each.compress_size for each in archive.infolist() if not each.filename.endswith(".png"))
            / 1000
        )


def start(editor: str, vscode: VsCode, rounds: int) -> Iterator[Row]:
    """As the extension host of each new window measures it."""
    ours, theirs = [], []
    for _ in range(rounds + 1):
        window = vscode.open()
        window.wait_text("OpenRouter: $")
        found = window.activations()
        window.quit()
        ours.append(found[extension.ID])
        theirs.append(found["vscode.merge-conflict"])
    load, call = map(statistics.median, zip(*ours[1:], strict=True))
    their_load, their_call = map(statistics.median, zip(*theirs[1:], strict=True))
    yield Row(Figure(f"{editor}, activate()", call), "ms", Figure("its Merge Conflict's", their_call), most=5)
    yield Row(Figure(f"{editor}, loading the code", load), "ms", Figure("its Merge Conflict's", their_load))
