"""Fixtures for all tests: the installed program, run in a fresh home.

Tests that use them, or several processes, are of the kind `process` and run last.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from installation import Installation, clean_environ, install
from scripted_bridge import Script

if TYPE_CHECKING:  # it takes Playwright
    from browser import Browser

# A busy machine is no fault of a property, and what fails here is the same that fails everywhere.
hypothesis.settings.register_profile("opencredits", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("opencredits")


class Cli:
    """The installed `opencredits` in a fresh home and a clean environment.

    `cli("status", "--json")` runs it to its end, `cli.start("watch")` leaves it running until the test ends.
    `env` adds variables, or takes one away that is None; `home` is another home than `cli.home`.
    """

    def __init__(self, installation: Installation, home: Path) -> None:
        self.script = str(installation.script)
        self.python = str(installation.python)
        self.home = home
        self._started: list[subprocess.Popen[str]] = []

    def __call__(
        self, *args: str, env=None, home: Path | None = None, input: str = "", timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end; stdin is `input` and then ends. `timeout` is for what hangs, not a measure."""
        return subprocess.run(
            [self.script, *args],
            env=clean_environ(home or self.home, env),
            input=input,
            timeout=timeout,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def start(self, *args: str, env=None, home: Path | None = None, **options) -> subprocess.Popen[str]:
        """Start and go on; all three streams are pipes of text unless `options` say otherwise."""
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        process = subprocess.Popen(
            [self.script, *args],
            env=clean_environ(home or self.home, env),
            **{**pipes, "encoding": "utf-8", **options},
        )
        self._started.append(process)
        return process

    def end(self) -> None:
        """Kill what is still running."""
        for process in self._started:
            process.kill()
            with process:  # closes its pipes and waits
                pass


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheel of this checkout, installed: `.script`, `.python`, `.wheel`."""
    return install(tmp_path_factory.mktemp("installed"))


@pytest.fixture
def cli(installed: Installation, tmp_path: Path) -> Iterator[Cli]:
    """See Cli."""
    home = tmp_path / "home"
    home.mkdir()
    cli = Cli(installed, home)
    yield cli
    cli.end()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium, see Browser; it starts once for all tests."""
    from browser import Browser

    with Browser() as browser:
        yield browser


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """A core that plays a script."""
    return Script(tmp_path / "script")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever uses the installed program is of the kind `process`; these come last."""
    for item in items:
        if "installed" in getattr(item, "fixturenames", ()):
            item.add_marker("process")
    items.sort(key=lambda item: item.get_closest_marker("process") is not None)
