"""The editors that the tests run: those that `.ci/editors` installed, or of the same version on PATH.

What is missing is a visible skip for a developer, a failure where everything must run.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from needs import missing


@dataclass(frozen=True)
class Editor:
    """A real editor.

    `environ` is what it needs in its environment, `plugins` are the folders of third-party plugins that are
    there for it, each to be put on its runtimepath. A plugin that this machine has for all users may load by
    itself: a test that is to be the same everywhere sets 'packpath' to $VIMRUNTIME.
    """

    name: str  # "Neovim 0.10"
    program: str
    environ: Mapping[str, str]
    plugins: tuple[Path, ...]

    def plugin(self, name: str) -> Path:
        """The folder of "lualine" or "airline"; without it the test is skipped, or fails."""
        for folder in self.plugins:
            if folder.name.endswith(f"-{name}"):
                return folder
        return _missing(f"{name} for {self.name}")


def neovim(version: str) -> Editor:
    """Neovim "0.10" or "0.12", with lualine."""
    return _editor("Neovim", version, "nvim", "nvim/runtime", "nvim-lualine")


def vim(version: str) -> Editor:
    """Vim "9.0" or "9.2", with airline."""
    return _editor("Vim", version, "vim", f"vim/vim{version.replace('.', '')}", "vim-airline")


def vscode(version: str) -> Editor:
    """The server of VS Code "1.139", whose window is a web page."""
    for program in _found("vscode", version, "vscode-server"):
        return Editor(f"VS Code {version}", program, {}, ())
    return _missing(f"VS Code {version}")


def _editor(kind: str, version: str, command: str, runtime: str, plugin: str) -> Editor:
    for program in _found(kind.lower(), version, command):
        share = Path(program).resolve().parent.parent / "share"
        # Where nothing is at the place for which it was built, as in a prefix, an editor must be told.
        environ = {"VIMRUNTIME": str(share / runtime)} if (share / runtime).is_dir() else {}
        plugins = tuple(folder for folder in [share / plugin] if folder.is_dir())
        return Editor(f"{kind} {version}", program, environ, plugins)
    return _missing(f"{kind} {version}")


def _found(kind: str, version: str, command: str) -> Iterator[str]:
    return (each for each in candidates(f"{kind}-{version}", command) if _version(each) == version)


def candidates(folder: str, command: str) -> Iterator[str]:
    """Where a program may be: in the folder that `.ci/editors` has made for it, or on PATH."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    installed = Path(os.environ.get("OPENCREDITS_EDITORS") or Path(cache, "opencredits-ci", "editors"))
    for path in (installed.absolute() / folder / "usr" / "bin", None):
        program = shutil.which(command, path=path)
        if program is not None:
            yield program


@functools.cache
def _version(program: str) -> str | None:
    """What it says of itself, "0.10"; None where it does not run."""
    try:
        command = [program, "--version"]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.match(r"(?:NVIM v|VIM - Vi IMproved |)(\d+\.\d+)", answer.stdout)
    return found and found[1]


def _missing(what: str) -> NoReturn:
    missing(
        f"{what} is not installed. '.ci/editors FOLDER' installs it on Debian; OPENCREDITS_EDITORS names the "
        "folder, by default ~/.cache/opencredits-ci/editors"
    )
