"""Where the core is.

The first step of the ladder that finds it wins: the setting "command" > what `opencredits setup` has recorded
> PATH > the usual folders of a user.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any, Iterable

from . import paths
from .process import NotStarted

NOT_FOUND = "No core was found. Run 'pipx install opencredits', then 'OpenCredits: Restart'. Tried were {}."
NOT_RUNNABLE = "The setting \"command\" names '{}', which cannot be run. Correct it, or leave it out."

IS_WINDOWS = sys.platform == "win32"
PROGRAM = "opencredits.exe" if IS_WINDOWS else "opencredits"


def find(wanted: list[str]) -> list[str]:
    """What to start; arguments are added. It looks at files: not for the main thread. Raises NotStarted."""
    if wanted:
        command = _command_of(wanted)
        if not command:
            raise NotStarted(NOT_RUNNABLE.format(wanted[0]))
        return command
    steps = {
        paths.setup(): _recorded,
        "PATH": _on_path,
        "the usual folders (~/.local/bin, pipx, uv tools)": _in_user_folders,
    }
    for look in steps.values():
        command = look()
        if command:
            return command
    raise NotStarted(NOT_FOUND.format(", ".join(steps)))


def _command_of(words: Any) -> list[str] | None:
    """A command as it was written down: its program, absolute, and what comes after."""
    words = words if isinstance(words, list) else [words]
    if not words or not all(isinstance(word, str) for word in words):
        return None
    program = shutil.which(os.path.expanduser(words[0]))
    return [os.path.abspath(program), *words[1:]] if program else None


def _recorded() -> list[str] | None:
    setup = paths.read_json(paths.setup())
    return _command_of(setup.get("command")) if isinstance(setup, dict) else None


def _on_path() -> list[str] | None:
    return _in_folders(os.get_exec_path())


def _in_user_folders() -> list[str] | None:
    return _in_folders(os.path.expanduser(folder) for folder in _user_folders())


def _in_folders(folders: Iterable[str]) -> list[str] | None:
    # Never the current folder, where a project may have put anything.
    for folder in filter(os.path.isabs, folders):
        command = _command_of(os.path.join(folder, PROGRAM))
        if command:
            return command
    return None


def _user_folders() -> list[str]:
    """Where pipx, uv and pip put the programs of a user, and the environments of the first two."""
    if IS_WINDOWS:
        data, scripts = paths.variable("APPDATA") or "~/AppData/Roaming", "Scripts"
    else:
        data, scripts = paths.variable("XDG_DATA_HOME") or "~/.local/share", "bin"
    programs = [paths.variable(name) for name in ("PIPX_BIN_DIR", "UV_TOOL_BIN_DIR", "XDG_BIN_HOME")]
    environments = [
        (paths.variable("PIPX_HOME") or data + "/pipx") + "/venvs",
        "~/.local/pipx/venvs",
        "~/pipx/venvs",
        "~/Library/Application Support/pipx/venvs",
        paths.variable("UV_TOOL_DIR") or data + "/uv/tools",
    ]
    return [*programs, "~/.local/bin", "~/bin", *(f"{each}/opencredits/{scripts}" for each in environments)]
