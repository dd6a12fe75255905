"""`setup.json`: where the core is, for editors that are started without it on their PATH."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from .. import __version__, paths
from ..errors import SetupRefused
from ..paths import Paths


def command() -> list[str]:
    """How this very program is started, whatever the PATH is."""
    script = Path(sys.executable).with_name("opencredits.exe" if os.name == "nt" else "opencredits")
    return [str(script)] if script.exists() else [sys.executable, "-P", "-m", "opencredits"]


def write(where: Paths) -> None:
    """Raises SetupRefused."""
    found = {"command": command(), "version": __version__}
    try:
        paths.write_private(where.setup, json.dumps(found, indent=1) + "\n")
    except OSError as exc:
        raise SetupRefused(
            f"Where the core is could not be recorded in {where.setup} ({exc.strerror or exc}).",
            action="Until it can, an editor finds the core by its PATH, or by the adapter's option for it.",
        ) from exc


def remove(where: Paths) -> None:
    """Raises OSError."""
    Path(where.setup).unlink(missing_ok=True)
