"""Where Vim finds a package."""

from __future__ import annotations

import os
from pathlib import Path

from .adapter import Adapter, source_of

_IN_THE_PACKAGES = Path("pack", "opencredits", "start", "opencredits")


def vim() -> Adapter:
    """In the user's own folder for Vim."""
    return Adapter("Vim", source_of("vim"), _user_folder() / _IN_THE_PACKAGES)


def _user_folder() -> Path:
    home = Path.home()
    if os.name == "nt":
        return home / "vimfiles"
    # Vim takes this one where there is neither ~/.vim nor ~/.vimrc.
    other = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config", "vim")
    has_own = (home / ".vim").exists() or (home / ".vimrc").exists()
    return other if (other / "vimrc").exists() and not has_own else home / ".vim"
