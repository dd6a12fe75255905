"""The extension of VS Code's family: a VSIX, or what its marketplace has."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ..errors import SetupRefused
from .adapter import source_of

_MANIFEST = "package.json"
_IN_A_VSIX = f"extension/{_MANIFEST}"


@dataclass(frozen=True)
class Extension:
    """`source` is what a program is told to install. The marketplace alone knows its version: None."""

    id: str
    source: str
    version: str | None

    @classmethod
    def in_vsix(cls, path: Path) -> Self:
        """What a VSIX holds. Raises SetupRefused."""
        try:
            with zipfile.ZipFile(path) as vsix:
                manifest = json.loads(vsix.read(_IN_A_VSIX))
            return cls(_id(manifest), str(path.resolve()), str(manifest["version"]))
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as exc:
            raise SetupRefused(f"{path} is not a VSIX.") from exc

    @classmethod
    def shipped(cls) -> Self:
        """The VSIX that comes with this package or was built in the checkout, or the marketplace's."""
        folder = source_of("vscode")
        vsix = folder / "opencredits.vsix"
        if vsix.exists():
            return cls.in_vsix(vsix)
        id = _id(json.loads((folder / _MANIFEST).read_text(encoding="utf-8")))
        return cls(id, id, None)


def _id(manifest: dict[str, object]) -> str:
    return f"{manifest['publisher']}.{manifest['name']}"
