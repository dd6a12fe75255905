"""Sublime Text, and where it finds a package."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .adapter import Editor
from .folder import Folder
from .whereabouts import find, in_bundle, in_programs


class Sublime(Editor):
    """The adapter goes into Sublime Text's own folder `Packages`."""

    name = "Sublime Text"
    looked_for = "subl on the PATH and where installers put it"
    show_it = (
        "It shows at the left of the status bar. 'OpenCredits: Configure Providers' in the Command Palette "
        "takes a key."
    )

    def adapters(self) -> list[Folder]:
        """One."""
        program = find(
            "subl",
            *in_bundle("Sublime Text", "SharedSupport/bin/subl"),
            *in_programs("Sublime Text/subl.exe"),
            _data_folder() / "Local",  # where it has run, from wherever
        )
        packages = _data_folder() / "Packages"
        return [
            Folder(self.name, program, "sublime", packages, Path("OpenCredits"), left_out=("__pycache__",))
        ]


def _data_folder() -> Path:
    """Sublime Text 4 goes on in the folder of version 3, as long as there is none of its own.

    One that was made for it would hide all that the person has in there.
    """
    own, older = _data_folders()
    return older if older.is_dir() and not own.exists() else own


def _data_folders() -> tuple[Path, Path]:
    if os.name == "nt":
        roaming = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
        return roaming / "Sublime Text", roaming / "Sublime Text 3"
    if sys.platform == "darwin":
        support = Path.home() / "Library" / "Application Support"
        return support / "Sublime Text", support / "Sublime Text 3"
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return config / "sublime-text", config / "sublime-text-3"
