"""The wheel of this checkout, installed into a virtual environment of its own: what users get.

Nothing is downloaded: the wheel is built by this Python's hatchling, and the new environment sees the
dependencies of this one. The checkout itself is not on its path.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# All that a program here inherits. No key, no proxy, no session bus, no folder of the person who runs this.
_KEPT = ("PATH", "TMPDIR", "TEMP", "TMP", "COMSPEC", "PATHEXT", "SYSTEMDRIVE", "SYSTEMROOT", "WINDIR")


@dataclass(frozen=True)
class Installation:
    """Where things are: the wheel, the environment's Python, and the script `opencredits`."""

    wheel: Path
    python: Path
    script: Path


def install(folder: Path) -> Installation:
    """Build the wheel, and install it under `folder`."""
    wheel = _build(folder / "dist")
    home = folder / "venv"
    venv.create(home, symlinks=os.name != "nt")
    scripts, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    python = home / scripts / f"python{suffix}"
    _pip(python, "install", "--quiet", "--no-index", "--no-deps", str(wheel))
    _lend_dependencies(python)
    return Installation(wheel, python, home / scripts / f"opencredits{suffix}")


def clean_environ(home: Path, changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """The environment of a person who has just logged in for the first time; a change to None takes away."""
    environ = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environ |= {"HOME": str(home), "USERPROFILE": str(home), "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    if os.name == "nt":  # there the system tells where a user's folders are, not the environment
        environ["OPENCREDITS_HOME"] = str(home)
    for name, value in (changes or {}).items():
        environ.pop(name, None)
        if value is not None:
            environ[name] = value
    return environ


def _build(folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if built.returncode:
        raise RuntimeError(f"The wheel cannot be built:\n{built.stdout}{built.stderr}")
    (wheel,) = folder.glob("*.whl")
    return wheel


def _pip(python: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    subprocess.run([*command, *arguments], check=True)


def _lend_dependencies(python: Path) -> None:
    """Put our own packages behind those of the new environment; .pth files in there are not followed."""
    ours = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    theirs = subprocess.run([python, "-c", query], check=True, capture_output=True, text=True).stdout.strip()
    Path(theirs, "dependencies.pth").write_text("".join(f"{path}\n" for path in sorted(ours)))
