"""An editor, and its adapter at each place where it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

_PACKAGE = Path(__file__).parent.parent


class Adapter(Protocol):
    """The adapter at one place: a folder of the editor's, or a program that takes extensions."""

    @property
    def editor(self) -> str:
        """The editor's name for people."""

    @property
    def program(self) -> str | None:
        """Where the editor is; None when it was not found."""

    @property
    def place(self) -> str:
        """Where the adapter goes."""

    @property
    def source(self) -> str:
        """What is put there."""

    @property
    def version(self) -> str | None:
        """Of what is put there; None where only a marketplace knows."""

    def installed(self) -> str | None:
        """The version that is in place; None when there is none.

        Raises SetupRefused when something else stands there, or the editor does not say.
        """

    def install(self) -> str:
        """Put it in place, over an older one; the version that is there then. Raises SetupRefused."""

    def remove(self) -> None:
        """Take it away again. Raises SetupRefused."""


class Editor(Protocol):
    """An editor as `opencredits setup NAME` knows it."""

    name: str
    looked_for: str  # where it is not found, this is what was looked for
    show_it: str  # what the person does to see it, or where it is seen

    def adapters(self) -> Sequence[Adapter]:
        """Where its adapter goes; none where that takes a program and there is none. Raises SetupRefused."""

    def tried(self) -> Iterator[str]:
        """What it shows already, now that the adapter is in place. Raises SetupRefused."""
        yield from ()


def source_of(editor: str) -> Path:
    """The adapter as it comes with this package, or as it stands in a checkout."""
    packaged = _PACKAGE / "adapters" / editor
    return packaged if packaged.is_dir() else _PACKAGE.parent.parent / "plugins" / editor
