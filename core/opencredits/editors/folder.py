"""An adapter that is a folder: copied to where the editor finds it by itself, and removed again."""

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
from .adapter import source_of

# Stands in each folder that we put in place, so that nothing else is ever removed or replaced.
MARK = ".opencredits-setup.json"
_TAG = re.compile(r"(?<!\S)\*([^*\s|]+)\*(?!\S)")


@dataclass(frozen=True)
class Folder:
    """The adapter that is shipped as `shipped`, in the editor's folder `packages`, at `inside`.

    Of what is shipped, that stays out whose name is one of `left_out`.
    """

    editor: str
    program: str | None
    shipped: str
    packages: Path
    inside: Path
    left_out: tuple[str, ...] = ()
    version = __version__

    @property
    def place(self) -> str:
        """The folder's path."""
        return str(self._folder)

    @property
    def source(self) -> str:
        """The folder that is copied."""
        return str(source_of(self.shipped))

    def installed(self) -> str | None:
        """The version that is in place. Raises SetupRefused when the folder is not ours."""
        try:
            return str(json.loads((self._folder / MARK).read_text(encoding="utf-8"))["version"])
        except (OSError, ValueError, KeyError, TypeError):
            if not os.path.lexists(self._folder):
                return None
            raise SetupRefused(
                f"{self.place} is there already, and was not put there by 'opencredits setup'.",
                action="Remove it where it came from (a plugin manager?), or go on using that one.",
            ) from None

    def install(self) -> str:
        """Copy it into place, over an older one."""
        self.installed()
        try:
            self._replace()
        except OSError as exc:
            raise _refused(exc) from exc
        return __version__

    def remove(self) -> None:
        """Take it away again, with the folders above it that are then empty."""
        try:
            shutil.rmtree(self._folder)
            for folder in list(self.inside.parents)[:-1]:
                if not any((self.packages / folder).iterdir()):
                    (self.packages / folder).rmdir()
        except OSError as exc:
            raise _refused(exc) from exc

    @property
    def _folder(self) -> Path:
        return self.packages / self.inside

    def _replace(self) -> None:
        """In one step, so that an editor that starts meanwhile finds the old or the new one."""
        folder = self._folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Beside the folder that the editor looks into, so that it never loads the draft.
        beside = folder.parent.resolve().parent
        with tempfile.TemporaryDirectory(prefix=".opencredits-", dir=beside) as draft:
            fresh = Path(draft, "fresh")
            shutil.copytree(source_of(self.shipped), fresh, ignore=shutil.ignore_patterns(*self.left_out))
            _write_help_tags(fresh / "doc")
            (fresh / MARK).write_text(json.dumps({"version": __version__}) + "\n", encoding="utf-8")
            if folder.exists():
                folder.rename(Path(draft, "old"))
            fresh.rename(folder)


def _refused(exc: OSError) -> SetupRefused:
    where = f" ({exc.filename})" if exc.filename else ""
    return SetupRefused(f"The system refused something: {exc.strerror or exc}{where}.")


def _write_help_tags(docs: Path) -> None:
    """What `:helptags` would write; Neovim and Vim make none for packages that they find by themselves."""
    tags = sorted(set(_tags(docs)))
    if tags:
        (docs / "tags").write_text(
            "".join(f"{tag}\t{file}\t/*{tag}*\n" for tag, file in tags), encoding="utf-8"
        )


def _tags(docs: Path) -> Iterator[tuple[str, str]]:
    for page in docs.glob("*.txt"):
        for tag in _TAG.findall(page.read_text(encoding="utf-8")):
            yield tag, page.name
