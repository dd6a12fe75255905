"""Makes dist/OpenCredits.sublime-package of the folder `sublime`; the same files make the same bytes.

`python plugins/package_sublime.py [FILE]`; FILE is another place for it.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

SOURCE = Path(__file__).parent / "sublime"
PACKAGE = SOURCE.parent.parent / "dist" / "OpenCredits.sublime-package"
LICENSE = SOURCE.parent.parent / "LICENSE"
SUFFIXES = {".py", ".md", ".sublime-commands", ".sublime-menu", ".sublime-settings"}


def members() -> dict[str, bytes]:
    """What belongs to it, by the names in the archive."""
    files = [path for path in SOURCE.rglob("*") if path.suffix in SUFFIXES or path.name == ".python-version"]
    named = {path.relative_to(SOURCE).as_posix(): path.read_bytes() for path in files}
    return {**named, "LICENSE": LICENSE.read_bytes()}


def write(package: Path) -> None:
    """Write it there."""
    package.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(package, "w") as archive:
        for name, content in sorted(members().items()):
            entry = zipfile.ZipInfo(name)  # of 1980, whenever the file was written
            entry.external_attr = 0o644 << 16  # to be read where it is unpacked
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    print(f"{package} ({package.stat().st_size / 1000:.1f} kB)")


if __name__ == "__main__":
    write(Path(*sys.argv[1:]) if sys.argv[1:] else PACKAGE)
