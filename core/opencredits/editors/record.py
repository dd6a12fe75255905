"""`setup.json`: where the core is, for editors that are started without it on their PATH."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from .. import __version__, paths
from ..paths import Paths


def command() -> list[str]:
    """How this very program is started, whatever the PATH is."""
    script = Path(sys.executable).with_name("opencredits.exe" if os.name == "nt" else "opencredits")
    return [str(script)] if script.exists() else [sys.executable, "-P", "-m", "opencredits"]


def write(where: Paths) -> None:
    """Raises OSError."""
    found = {"command": command(), "version": __version__}
    paths.write_private(where.setup, json.dumps(found, indent=1) + "\n")


def remove(where: Paths) -> None:
    """Raises OSError."""
    Path(where.setup).unlink(missing_ok=True)
