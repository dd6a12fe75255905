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
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import editors
from account_home import AccountHome
from installation import ROOT, clean_environ
from needs import missing
from opencredits.simulator import Simulator
from processes import children, is_running
from waiting import PATIENCE, wait_for

ADAPTER = ROOT / "plugins" / "sublime"
PACKAGE = "OpenCredits"
SETTINGS = "OpenCredits.sublime-settings"
HOST = ROOT / "tests" / "sublime_host"
VERSIONS = ["3.8", "3.13", "3.14"]  # the Pythons of Sublime's plugin hosts
FULL = "OpenRouter: $25.00"  # what the account of the tests has


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


class Sublime:
    """Use as a context manager. Every method that is not here is one of the host's door, see `door.py`."""

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

    def run(self, command: str) -> None:
        """Run one of the package's commands by the last part of its name."""
        self.ask("command", name=f"open_credits_{command}")

    def settings(self, values: Any = None, **named: Any) -> None:
        """Save these as the person's own settings."""
        self.ask("change_settings", name=SETTINGS, values=named if values is None else values)

    def quit(self) -> None:
        """As a person does."""
        self.ask("leave")
        assert self.process.wait(PATIENCE) == 0

    def kill(self) -> None:
        """As nobody should."""
        if self.process.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    # what is seen

    def text(self) -> str:
        """What stands in the status bar."""
        return self.bar()

    def wait_text(self, expected: str) -> str:
        """Wait until what is shown begins with this."""
        return wait_for(
            lambda: self.text().startswith(expected) and self.text(),
            lambda: f"{expected!r}; there is {self.text()!r}, said was {self.told()}\n{self.console()}",
        )

    def console(self) -> str:
        """What was printed."""
        return self.console_file.read_text(encoding="utf-8", errors="replace")

    def told(self) -> list[str]:
        """Every message so far, wherever it was shown."""
        return [*self.said(), *(each["text"] for each in self.dialogs()), *self.outputs().values()]

    def wait_told(self, part: str) -> str:
        """The first message with this in it, as soon as there is one."""
        return wait_for(
            lambda: next((text for text in self.told() if part in text), None),
            lambda: f"{part!r}; told was {self.told()}\n{self.console()}",
        )

    def wait_rows(self, part: str) -> list[str]:
        """Wait until the quick panel has a row with this in it, and give all of them."""
        return wait_for(
            lambda: (rows := self.rows()) and any(part in row for row in rows) and rows,
            lambda: f"a row with {part!r}; there are {self.rows()}, told was {self.told()}",
        )

    def rows(self) -> list[str]:
        """The rows of the quick panel."""
        return [row["trigger"] for row in (self.quick() or {"rows": []})["rows"]]

    def pick(self, part: str) -> None:
        """Wait for a row with this in it, and choose it."""
        self.wait_rows(part)
        self.choose(row=part)

    def wait_input(self) -> dict[str, Any]:
        """Wait for the input panel."""
        return wait_for(self.input_panel, lambda: f"an input panel; told was {self.told()}")

    def wait_shown(self, part: str) -> dict[str, Any]:
        """Wait until the popup, or the sheet, has this in it."""
        return wait_for(
            lambda: (page := self.shown()) and part in page["text"] and page,
            lambda: f"{part!r}; there is {self.shown()}, told was {self.told()}",
        )

    # what runs

    def cores(self) -> list[int]:
        """The cores that run."""
        return children(self.pid)

    def core(self) -> int:
        """The one core that runs, as soon as it does."""
        (pid,) = wait_for(self.cores, "a core")
        return pid


def make_data(data: Path) -> None:
    """Sublime's own folder, as it is after a first start."""
    for folder in ("Packages/User", "Installed Packages", "Local", "Cache"):
        (data / folder).mkdir(parents=True)


def install(data: Path) -> None:
    """Put the package where a Sublime with this folder looks for packages."""
    shutil.copytree(ADAPTER, data / "Packages" / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))


class Home(AccountHome):
    """A home beside a simulator, with the key in the environment, the core on PATH, and the editors in it."""

    def __init__(self, cli: Any, sim: Simulator, program: str, stack: contextlib.ExitStack) -> None:
        super().__init__(cli, sim, stack)
        self.put_core_on_path()
        self.program = program
        self.data = cli.home / ".config/sublime-text"
        make_data(self.data)
        self.install()

    def install(self) -> None:
        """Put the package where Sublime looks for packages."""
        install(self.data)

    def open(self, *, env: Mapping[str, str | None] | None = None, **settings: Any) -> Sublime:
        """Start one; `settings` are the person's own."""
        text = json.dumps(settings, indent=4)
        (self.data / "Packages/User" / SETTINGS).write_text(text, encoding="utf-8")
        return self.stack.enter_context(
            Sublime(self.program, self.path, self.data, env={**self.env, **(env or {})})
        )

    def open_another(self, **settings: Any) -> Sublime:
        """Start one beside, with a folder of its own; the home is the same."""
        name = f"sublime-text-{len(list(self.data.parent.iterdir()))}"
        shutil.copytree(self.data, self.data.with_name(name))
        self.data = self.data.with_name(name)
        return self.open(**settings)

    def open_scripted(self, command: list[str], **settings: Any) -> Sublime:
        """Start one whose core plays a script."""
        return self.open(command=command, **settings)


@contextlib.contextmanager
def open_home(cli: Any, version: str = "3.8") -> Iterator[Home]:
    """See Home; the account has $25.00, and nobody spends but the test. Skips without that Python."""
    with contextlib.ExitStack() as stack:
        sim = stack.enter_context(Simulator("idle"))
        yield Home(cli, sim, python(version), stack)
