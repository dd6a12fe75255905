"""Where an editor's program is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path


def find(command: str, *places: Path) -> str | None:
    """The program's path: from the PATH, otherwise the first of `places` that is there."""
    return shutil.which(command) or next((str(place) for place in places if place.exists()), None)


def in_bundle(bundle: str, *files: str) -> Iterator[Path]:
    """Where a file of a macOS application is. Elsewhere nothing is there."""
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        for file in files:
            yield Path(folder, f"{bundle}.app", "Contents", file)


def in_programs(file: str) -> Iterator[Path]:
    """Where a file is that a Windows installer left. Elsewhere these variables are not set."""
    for folder in (os.environ.get("LOCALAPPDATA"), os.environ.get("PROGRAMFILES")):
        if folder:
            yield Path(folder, file)
            yield Path(folder, "Programs", file)
