"""Vim, and where it finds a package."""

from __future__ import annotations

import os
from pathlib import Path

from .adapter import Editor
from .folder import Folder
from .whereabouts import find

_IN_THE_PACKAGES = Path("opencredits", "start", "opencredits")


class Vim(Editor):
    """The adapter goes into the user's own folder for Vim."""

    name = "Vim"
    looked_for = "vim on the PATH"
    show_it = (
        "It shows at the right of the status line, and in vim-airline. A 'statusline' of your own stays "
        "as it is; ':help opencredits' says what to add to it."
    )

    def adapters(self) -> list[Folder]:
        """One."""
        packages = _user_folder() / "pack"
        return [Folder(self.name, find("vim"), "vim", packages, _IN_THE_PACKAGES, left_out=(".*",))]


def _user_folder() -> Path:
    home = Path.home()
    if os.name == "nt":
        return home / "vimfiles"
    # Vim takes this one where there is neither ~/.vim nor ~/.vimrc.
    other = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config", "vim")
    has_own = (home / ".vim").exists() or (home / ".vimrc").exists()
    return other if (other / "vimrc").exists() and not has_own else home / ".vim"
