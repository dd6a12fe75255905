"""Where Neovim finds a package."""

from __future__ import annotations

import os
from pathlib import Path

from .adapter import Adapter, source_of

_IN_THE_PACKAGES = Path("site", "pack", "opencredits", "start", "opencredits")


def neovim() -> Adapter:
    """In what Neovim calls `stdpath("data")`."""
    return Adapter("Neovim", source_of("neovim"), _data_folder() / _IN_THE_PACKAGES)


def _data_folder() -> Path:
    name = os.environ.get("NVIM_APPNAME") or "nvim"
    if os.name == "nt":
        default = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        name = f"{name}-data"
    else:
        default = Path.home() / ".local" / "share"
    return Path(os.environ.get("XDG_DATA_HOME") or default, name)
