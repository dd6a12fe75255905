"""The editors in which what all adapters promise is tried, each by name and version."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

from editor_home import EditorHome
from opencredits.simulator import Simulator

FULL = "OpenRouter: $25.00"  # what the account of the tests has
# Where pipx and uv put a program, by the variable that moves it.
FOLDERS = [
    ("PIPX_BIN_DIR", "."),
    ("UV_TOOL_BIN_DIR", "."),
    ("XDG_BIN_HOME", "."),
    ("PIPX_HOME", "venvs/opencredits/bin"),
    ("UV_TOOL_DIR", "opencredits/bin"),
    ("XDG_DATA_HOME", "uv/tools/opencredits/bin"),
    ("HOME", ".local/bin"),
    ("HOME", ".local/share/pipx/venvs/opencredits/bin"),
    ("HOME", ".local/pipx/venvs/opencredits/bin"),
]


def together(*editors: tuple[str, str]) -> Any:
    """A case of a test, with these open at once."""
    is_vscode = "vscode" in dict(editors)
    needs = "Debian's Chromium and /proc" if is_vscode else "tmux, sockets and signals, which are POSIX's"
    here = sys.platform == "linux" if is_vscode else sys.platform != "win32"
    marks = pytest.mark.skipif(not here, reason=f"needs {needs}")
    return pytest.param(editors, id="_".join("-".join(each) for each in editors), marks=marks)


NEWEST = [
    together(("neovim", "0.12")),
    together(("vim", "9.2")),
    together(("sublime", "3.8")),
    together(("vscode", "1.139")),
]
EDITORS = [together(("neovim", "0.10")), together(("vim", "9.0")), *NEWEST]
# With those in which little but the Python of Sublime Text's plugins is another one.
ALL = [*EDITORS, together(("sublime", "3.13")), together(("sublime", "3.14"))]


def of(*names: str) -> list[Any]:
    """Those of EDITORS, in all their versions."""
    return [each for each in EDITORS if each.values[0][0][0] in names]


@contextlib.contextmanager
def open_homes(request: pytest.FixtureRequest, *editors: tuple[str, str]) -> Iterator[list[EditorHome]]:
    """One home as each of these editors sees it; the account has $25.00, and nobody spends but the test.

    Skips where one of them is missing.
    """
    with contextlib.ExitStack() as stack:
        sim = stack.enter_context(Simulator("idle"))
        cli = request.getfixturevalue("cli")
        wanted = ((_home_class(name), _found(request, name, version)) for name, version in editors)
        yield [home_class(cli, sim, found, stack) for home_class, found in wanted]


@contextlib.contextmanager
def open_home(request: pytest.FixtureRequest, name: str, version: str) -> Iterator[EditorHome]:
    """The same for one of them."""
    with open_homes(request, (name, version)) as (home,):
        yield home


def home_of(name: str, *versions: str) -> Any:
    """The fixture `home` of a module about one editor: `home = home_of("vim", "9.2")`; see its Home."""

    @pytest.fixture(params=versions)
    def home(cli: Any, request: pytest.FixtureRequest) -> Iterator[EditorHome]:  # runs installed
        with open_home(request, name, request.param) as home:
            yield home

    return home


def _home_class(name: str) -> Callable[..., EditorHome]:
    return import_module(f"{name}_home").Home  # type: ignore[no-any-return]


def _found(request: pytest.FixtureRequest, name: str, version: str) -> Any:
    return request.getfixturevalue("browser") if name == "vscode" else version
