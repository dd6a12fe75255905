"""Makes dist/OpenCredits.sublime-package of the folder `sublime`; the same files make the same bytes."""

from __future__ import annotations

import zipfile
from pathlib import Path

SOURCE = Path(__file__).parent / "sublime"
PACKAGE = SOURCE.parent.parent / "dist" / "OpenCredits.sublime-package"
LICENSE = SOURCE.parent.parent / "LICENSE"
SUFFIXES = {".py", ".md", ".txt", ".json", ".sublime-commands", ".sublime-menu", ".sublime-settings"}


def members() -> dict[str, bytes]:
    """What belongs to it, by the names in the archive."""
    files = [path for path in SOURCE.rglob("*") if path.suffix in SUFFIXES or path.name == ".python-version"]
    named = {path.relative_to(SOURCE).as_posix(): path.read_bytes() for path in files}
    return {**named, "LICENSE": LICENSE.read_bytes()}


def main() -> None:
    """Write it."""
    PACKAGE.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(PACKAGE, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(members().items()):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    print(f"{PACKAGE} ({PACKAGE.stat().st_size / 1000:.1f} kB)")


if __name__ == "__main__":
    main()
