"""VS Code and the editors that are made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .adapter import Editor
from .extension import Extension
from .extension_host import ExtensionHost
from .whereabouts import find, in_bundle, in_programs


@dataclass(frozen=True)
class _Member:
    """One of the family: what it is called by people, in a terminal, and by its installers."""

    name: str
    command: str
    bundle: str | None = None  # macOS
    installed: str | None = None  # Windows

    def find(self) -> str | None:
        """Its program for the command line."""
        binaries = [f"Resources/app/bin/{name}" for name in dict.fromkeys((self.command, "code"))]
        bundled = in_bundle(self.bundle, *binaries) if self.bundle else ()
        return find(self.command, *bundled, *(in_programs(self.installed) if self.installed else ()))


_FAMILY = (
    _Member("VS Code", "code", "Visual Studio Code", "Microsoft VS Code/bin/code.cmd"),
    _Member(
        "VS Code Insiders",
        "code-insiders",
        "Visual Studio Code - Insiders",
        "Microsoft VS Code Insiders/bin/code-insiders.cmd",
    ),
    _Member("VSCodium", "codium", "VSCodium", "VSCodium/bin/codium.cmd"),
    _Member("Cursor", "cursor", "Cursor", "cursor/resources/app/bin/cursor.cmd"),
    _Member("Windsurf", "windsurf", "Windsurf", "Windsurf/bin/windsurf.cmd"),
    _Member("code-server", "code-server"),
)


class VsCode(Editor):
    """The adapter is an extension, which each of the family installs by itself."""

    name = "VS Code"
    looked_for = (
        f"{', '.join(member.command for member in _FAMILY)} on the PATH and where installers put them"
    )
    show_it = (
        "It shows at the right of the status bar. A window that was open before may have to be reloaded: "
        "'Developer: Reload Window'."
    )

    def __init__(self, vsix: Path | None = None) -> None:
        self._vsix = vsix

    def adapters(self) -> list[ExtensionHost]:
        """One for each of the family that is found."""
        programs = list(_found())
        if not programs:
            return []
        extension = Extension.in_vsix(self._vsix) if self._vsix else Extension.shipped()
        return [ExtensionHost(name, program, extension) for name, program in programs]


def _found() -> Iterator[tuple[str, str]]:
    """Each program once: some are there under the name of another as well."""
    seen = set()
    for member in _FAMILY:
        program = member.find()
        if program and (itself := Path(program).resolve()) not in seen:
            seen.add(itself)
            yield member.name, program
