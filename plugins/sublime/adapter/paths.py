"""Where the core keeps its files: the same rules as its own (`core/opencredits/paths.py`)."""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def variable(name: str) -> str:
    """What the environment says; empty when it says nothing."""
    return os.environ.get(name, "").strip()


def _state_folder() -> str:
    own = variable("OPENCREDITS_HOME")
    if own:
        return os.path.join(own, "state")
    if sys.platform == "win32":
        folder = variable("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        folder = "~/Library/Application Support"
    else:
        folder = variable("XDG_STATE_HOME") or "~/.local/state"
    return os.path.join(os.path.expanduser(folder), "opencredits")


def status() -> str:
    """What was shown last, for an editor that starts."""
    return os.path.join(_state_folder(), "status.json")


def setup() -> str:
    """Where `opencredits setup` found the core."""
    return os.path.join(_state_folder(), "setup.json")


def log() -> str:
    """What went wrong in the core."""
    return os.path.join(_state_folder(), "opencredits.log")


def read_json(path: str) -> Any:
    """The JSON in a file; None when there is none that can be read."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError, RecursionError):
        return None
