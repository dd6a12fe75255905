"""Neovim, and where it finds a package."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from .adapter import Editor
from .folder import Folder
from .whereabouts import find

_IN_THE_PACKAGES = Path("opencredits", "start", "opencredits")


class Neovim(Editor):
    """The adapter goes into what Neovim calls `stdpath("data")`."""

    name = "Neovim"
    looked_for = "nvim on the PATH"
    show_it = "Add 'opencredits' to a section of lualine; ':help opencredits' has other status lines."

    def adapters(self) -> list[Folder]:
        """One."""
        packages = _data_folder() / "site" / "pack"
        return [Folder(self.name, find("nvim"), "neovim", packages, _IN_THE_PACKAGES, left_out=(".*",))]

    def tried(self) -> Iterator[str]:
        """In those that run, and in a new one. That takes pynvim."""
        from . import live_neovim

        if not live_neovim.is_available():
            yield (
                "It was not tried. With the extra 'nvim' it is, and is loaded into the Neovims that are "
                "running: pipx install --force 'opencredits[nvim]'"
            )
            return
        (adapter,) = self.adapters()
        for address, text in live_neovim.load_into_running(Path(adapter.place)):
            yield f"The Neovim at {address} shows: {text}"
        yield f"A new Neovim shows: {live_neovim.text_of_a_new_one()}"


def _data_folder() -> Path:
    name = os.environ.get("NVIM_APPNAME") or "nvim"
    if os.name == "nt":
        default = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        name = f"{name}-data"
    else:
        default = Path.home() / ".local" / "share"
    return Path(os.environ.get("XDG_DATA_HOME") or default, name)
