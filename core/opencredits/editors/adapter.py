"""The adapter of one editor: a folder that is copied into place, and removed again."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .. import __version__
from ..errors import SetupRefused

# Stands in each folder that we put in place, so that nothing else is ever removed or replaced.
MARK = ".opencredits-setup.json"
_PACKAGE = Path(__file__).parent.parent
_TAG = re.compile(r"(?<!\S)\*([^*\s|]+)\*(?!\S)")


@dataclass(frozen=True)
class Adapter:
    """`editor` is its name for people, `source` what is copied, `place` where the editor looks for it."""

    editor: str
    source: Path
    place: Path

    @property
    def installed(self) -> str | None:
        """The version that is in place; None when there is none of ours."""
        try:
            return str(json.loads((self.place / MARK).read_text(encoding="utf-8"))["version"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def check(self) -> None:
        """Raises SetupRefused when something else is in the way."""
        if self.installed is None and os.path.lexists(self.place):
            raise SetupRefused(
                f"{self.place} is there already, and was not put there by 'opencredits setup'.",
                action="Remove it where it came from (a plugin manager?), or go on using that one.",
            )

    def install(self) -> None:
        """Copy the adapter into place, over an older one. Raises SetupRefused, OSError."""
        self.check()
        self.place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".opencredits-", dir=self.place.parent) as draft:
            fresh = Path(draft, "fresh")
            shutil.copytree(self.source, fresh, ignore=shutil.ignore_patterns(".*", "node_modules"))
            _write_help_tags(fresh / "doc")
            (fresh / MARK).write_text(json.dumps({"version": __version__}) + "\n", encoding="utf-8")
            if self.place.exists():
                self.place.rename(Path(draft, "old"))
            fresh.rename(self.place)

    def remove(self) -> bool:
        """Take it away again; False when it was not there. Raises SetupRefused, OSError."""
        self.check()
        if self.installed is None:
            return False
        shutil.rmtree(self.place)
        _remove_empty(self.place.parent)
        return True


def source_of(editor: str) -> Path:
    """The adapter as it comes with this package, or as it stands in a checkout."""
    packaged = _PACKAGE / "adapters" / editor
    return packaged if packaged.is_dir() else _PACKAGE.parent.parent / "plugins" / editor


def _write_help_tags(docs: Path) -> None:
    """What `:helptags` would write; an editor makes none for packages that it finds by itself."""
    tags = sorted(set(_tags(docs)))
    (docs / "tags").write_text("".join(f"{tag}\t{file}\t/*{tag}*\n" for tag, file in tags), encoding="utf-8")


def _tags(docs: Path) -> Iterator[tuple[str, str]]:
    for page in docs.glob("*.txt"):
        for tag in _TAG.findall(page.read_text(encoding="utf-8")):
            yield tag, page.name


def _remove_empty(folder: Path) -> None:
    """The folders `pack/opencredits/start`, as far as nothing else is in them."""
    for each in (folder, folder.parent):
        try:
            each.rmdir()
        except OSError:
            return
