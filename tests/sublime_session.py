"""The Sublime Text package in our own host (see `sublime_host/__main__.py`), in a home of its own.

The test says over pipes what a person does, and asks what is seen.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import select
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import editors
from editor_session import EditorSession
from installation import ROOT, clean_environ
from needs import missing
from processes import is_running
from waiting import PATIENCE, wait_for

ADAPTER = ROOT / "plugins" / "sublime"
PACKAGE = "OpenCredits"
SETTINGS = "OpenCredits.sublime-settings"
HOST = ROOT / "tests" / "sublime_host"
VERSIONS = ["3.8", "3.13", "3.14"]  # the Pythons of Sublime's plugin hosts


def python(version: str) -> str:
    """A CPython of this version: from '.ci/editors', on PATH or pyenv's. Without one the test is skipped."""
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    of_pyenv = sorted(map(str, versions.glob(f"{version}.*/bin/python{version}")))
    for program in [*editors.candidates(f"python-{version}", f"python{version}"), *of_pyenv]:
        if _runs(program):
            return program
    return missing(f"Python {version}, which runs plugins in Sublime Text, is not installed")


@functools.cache
def _runs(program: str) -> bool:
    # pyenv leaves programs on PATH that only say that they are not chosen.
    return subprocess.run([program, "-c", ""], capture_output=True, check=False).returncode == 0


class Sublime(EditorSession):
    """Use as a context manager. Every method that is not here is one of the host's door, see `door.py`."""

    CLIENT: ClassVar = {"name": "Sublime Text"}
    COLOURS: ClassVar = dict.fromkeys(("ok", "low", "critical", "error", "unknown"))  # it has none

    def __init__(
        self, program: str, home: Path, data: Path, *, env: Mapping[str, str | None] | None = None
    ) -> None:
        self.home, self.data = home, data
        self.console_file = data / "console"
        self.command_line = [program, "-W", "error", "-B", str(HOST), str(data)]
        self.environ = clean_environ(home, env)
        self.forgiven: list[str] = []

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            console = stack.enter_context(self.console_file.open("ab"))
            self.process = stack.enter_context(
                subprocess.Popen(
                    self.command_line,
                    env=self.environ,
                    cwd=self.home,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=console,
                    encoding="utf-8",
                )
            )
            self.pid = self.process.pid
            stack.callback(self.kill)
            self.ends = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        with self.ends:
            if self.process.poll() is None and is_running(self.pid):
                faults = [*self.faults(), *(f"slow on the main thread: {each}" for each in self.slow())]
                left = [each for each in faults if not any(part in each for part in self.forgiven)]
                assert not left, "The package stumbled:\n" + "\n".join(left)

    def forgive(self, part: str) -> None:
        """Faults with this in them are expected."""
        self.forgiven.append(part)

    def ask(self, do: str, **params: Any) -> Any:
        """One request, and its answer; that it comes shows that the main thread is free."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": do, **params}) + "\n")
        self.process.stdin.flush()
        readable, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        line = self.process.stdout.readline() if readable else ""
        assert line, f"no answer to {do!r}:\n{self.console()}"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["value"]

    def __getattr__(self, name: str) -> Any:
        return lambda **params: self.ask(name, **params)

    # what is seen

    def text(self) -> str:
        """What stands in the status bar."""
        return self.bar()

    def colour(self) -> None:
        """The status bar is of one colour."""

    def said(self) -> list[str]:
        """The messages in the status bar so far; what is to stay is in a panel as well, see `outputs`."""
        return self.ask("said")

    def page_text(self) -> str:
        """The popup, or the tab, as text."""
        return (self.shown() or {"text": ""})["text"]

    def console(self) -> str:
        """What was printed."""
        return self.console_file.read_text(encoding="utf-8", errors="replace")

    def rows(self) -> list[str]:
        """The rows of the quick panel."""
        return [row["trigger"] for row in (self.quick() or {"rows": []})["rows"]]

    def wait_row(self, start: str) -> int:
        """Wait until the quick panel has a row that begins so, and give its number."""
        found = wait_for(
            lambda: [at for at, row in enumerate(self.rows()) if row.startswith(start)],
            lambda: f"a row with {start!r}; there are {self.rows()}; {self.scene()}",
        )
        return found[0]

    def wait_input(self) -> dict[str, Any]:
        """Wait for the input panel."""
        return wait_for(self.input_panel, lambda: f"an input panel; {self.scene()}")

    def scene(self) -> str:
        """With what was printed."""
        return f"{super().scene()}, {self.dialogs()}\n{self.console()}"

    # what a person does

    def run(self, command: str) -> None:
        """One of our commands; "act" and "alert" too."""
        self.ask("command", name=f"open_credits_{command}")

    def set_options(self, **options: Any) -> None:
        """In the settings of the package."""
        self.save_settings(options)

    def save_settings(self, values: Mapping[str, Any] | str) -> None:
        """These, or this as the text of the file."""
        self.ask("change_settings", name=SETTINGS, values=values)

    def choose(self, title: str) -> None:
        """In the quick panel."""
        self.ask("choose", row=self.wait_row(title))

    def leave_menu(self) -> None:
        """Close the quick panel."""
        self.ask("choose", row=-1)

    def answer(self, prompt: str, text: str) -> None:
        """In the input panel."""
        panel = self.wait_input()
        assert (panel["caption"], panel["masked"]) == (f"{prompt}:", False)
        self.type_input(text=text)
        self.press(key="enter")

    def answer_secretly(self, text: str) -> None:
        """In the input panel, which is masked."""
        assert self.wait_input()["masked"]
        self.type_input(text=text)
        self.press(key="enter")

    def confirm(self, question: str, *, yes: bool) -> None:
        """In the quick panel as well."""
        self.wait_row("Yes")
        assert question in json.dumps(self.quick())
        self.choose("Yes" if yes else "No")

    def act(self, row: str, action: str) -> None:
        """By the link that a row is."""
        self.click(text=row)
        self.choose(action)

    def quit(self) -> None:
        """As a person does."""
        self.ask("leave")
        assert self.process.wait(PATIENCE) == 0

    def kill(self) -> None:
        """As nobody should."""
        if self.process.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


def make_data(data: Path) -> None:
    """Sublime's own folder, as it is after a first start."""
    for folder in ("Packages/User", "Installed Packages", "Local", "Cache"):
        (data / folder).mkdir(parents=True)


def install(data: Path) -> None:
    """Put the package where a Sublime with this folder looks for packages."""
    shutil.copytree(ADAPTER, data / "Packages" / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
