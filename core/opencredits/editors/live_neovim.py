"""Neovims that are running, and one that is started to see whether the adapter shows. Needs pynvim."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from glob import glob
from pathlib import Path
from typing import Any

from ..errors import SetupRefused

_PATIENCE = 10.0  # seconds for the text to arrive
_UNTIL_DRAWN = 1.0  # seconds; lualine takes its time
_UNTIL_ENDED = 2.0
_LONGEST = _PATIENCE + 5.0  # whatever it is doing
_LOOK_AGAIN = 0.05

# Not `packadd`: once Neovim is up it no longer looks where packages are that start by themselves.
_LOAD = """
local place = ...
if not vim.tbl_contains(vim.opt.runtimepath:get(), place) then
  vim.opt.runtimepath:append(place)
end
vim.cmd.runtime("plugin/opencredits.lua")
"""
_STARTED = "v:vim_did_enter"
_LOADED = "exists(':OpenCredits')"
_KNOWN = "get(g:, 'opencredits', {})"
# All that is drawn around the text: status lines, and what some use in their place.
_LINES = ("statusline", "winbar", "tabline")
_WIDE = 10_000


def is_available() -> bool:
    """Whether pynvim is installed: the extra `nvim`."""
    try:
        import pynvim  # noqa: F401  # it is only looked for
    except ImportError:
        return False
    return True


def load_into_running(place: Path) -> Iterator[tuple[str, str]]:
    """Load the adapter that is in `place` into each Neovim that runs: its address, and what it shows then.

    Where that did not work, the text says why.
    """
    for address in _addresses():
        try:
            yield address, _in_time(partial(_load, address, place), _LONGEST)
        except TimeoutError:
            yield address, f"not loaded (it did not answer within {_LONGEST:g} seconds)"
        except (OSError, EOFError):
            continue  # the socket of one that is gone
        except Exception as exc:  # noqa: BLE001  # pynvim raises NvimError, and what its transport raises
            yield address, f"not loaded ({exc})"


def _load(address: str, place: Path) -> str:
    with _connected(address) as nvim:
        if nvim.api.get_mode()["blocking"]:
            raise SetupRefused("it waits for a key; press <Enter> there, and run this again")
        nvim.exec_lua(_LOAD, str(place))
        return _shown(nvim)


def _in_time(action: Callable[[], str], patience: float) -> str:
    """What it returns. Raises TimeoutError: pynvim itself would wait for ever."""
    import pynvim  # noqa: F401  # it takes the thread that imports it for the main one

    outcome: Future[str] = Future()

    def run() -> None:
        try:
            outcome.set_result(action())
        except BaseException as exc:  # noqa: BLE001  # raised again by the caller, below
            outcome.set_exception(exc)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result(patience)


def text_of_a_new_one(patience: float = _LONGEST) -> str:
    """Start Neovim as the user would, but without a screen, and wait for the text.

    Raises SetupRefused with what stands in the way.
    """
    program = shutil.which("nvim")
    if program is None:
        raise SetupRefused("Neovim was not found on the PATH, so that it was not tried.")
    with _listening(program) as address:
        try:
            return _in_time(partial(_text, address), patience)
        except TimeoutError as exc:
            raise SetupRefused(
                f"A new Neovim did not answer within {patience:g} seconds.",
                action="Does something in your configuration wait as it starts? ':messages' may tell.",
            ) from exc
        except (OSError, EOFError) as exc:
            raise SetupRefused("A new Neovim ended before it showed anything.") from exc


def _text(address: str) -> str:
    if not _comes(lambda: os.path.exists(address), _PATIENCE):
        raise TimeoutError
    with _connected(address) as nvim:
        # A configuration that waits for something lets us in before its plugins are loaded.
        _comes(lambda: nvim.eval(_STARTED), _PATIENCE)
        if not nvim.eval(_LOADED):
            raise SetupRefused(
                "A new Neovim does not load the adapter.",
                action="Plugin managers such as lazy.nvim leave out what is in the packages' folder; add the "
                "adapter to their list instead, as its README shows.",
            )
        return _shown(nvim)


@contextmanager
def _listening(program: str) -> Iterator[str]:
    """The address of a new Neovim without a screen; it ends here, whatever it is doing."""
    with tempfile.TemporaryDirectory(prefix="opencredits-") as folder:
        address = rf"\\.\pipe\{Path(folder).name}" if os.name == "nt" else str(Path(folder, "nvim"))
        command = [program, "--headless", "--listen", address, "-i", "NONE", "-n"]
        null = subprocess.DEVNULL
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=null, stderr=null) as process:
            try:
                yield address
            finally:
                _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_UNTIL_ENDED)
    except subprocess.TimeoutExpired:
        process.kill()


def _shown(nvim: Any) -> str:
    """What is shown, once it is known, and whether the status line has it. Raises SetupRefused."""
    _comes(lambda: nvim.eval(_KNOWN).get("state", "starting") != "starting", _PATIENCE)
    text = nvim.eval(_KNOWN).get("text")
    if not text:
        raise SetupRefused(
            f"The adapter was loaded, but showed nothing within {_PATIENCE:g} seconds.",
            action="':checkhealth opencredits' in Neovim says what stands in the way.",
        )
    return f"{text}" if _is_drawn(nvim, text) else f"{text} (but not in its status line yet)"


def _is_drawn(nvim: Any, text: str) -> bool:
    nvim.command("doautocmd <nomodeline> User OpenCreditsChanged")
    return _comes(lambda: any(text in line for line in _drawn(nvim)), _UNTIL_DRAWN)


def _comes(condition: Callable[[], object], patience: float) -> bool:
    """Whether it is so within that many seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_AGAIN)
    return True


def _drawn(nvim: Any) -> Iterator[str]:
    for name in _LINES:
        template = nvim.api.get_option_value(name, {})
        if template:
            yield nvim.api.eval_statusline(template, {"maxwidth": _WIDE})["str"]


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    import pynvim

    nvim = pynvim.attach("socket", path=address)
    try:
        yield nvim
    finally:
        nvim.close()


def _addresses() -> list[str]:
    """Where Neovims of this user listen by themselves."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    folders = [Path(runtime)] if runtime else []
    folders += map(Path, glob(str(Path(tempfile.gettempdir(), f"nvim.{getpass.getuser()}", "*"))))
    own = os.environ.get("NVIM")  # of the Neovim in whose terminal this runs
    found = [str(path) for folder in folders for path in sorted(folder.glob("nvim.*.0"))]
    return list(dict.fromkeys([*([own] if own else []), *found]))
