"""A program of VS Code's family, which installs extensions by its own command line."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from .. import child
from ..errors import SetupRefused
from .extension import Extension

_PATIENCE = 60.0  # seconds; it may have to download
_MOST = 1_000_000  # bytes of its answer


@dataclass(frozen=True)
class ExtensionHost:
    """The adapter as an extension of the program at the path `program`."""

    editor: str
    program: str
    extension: Extension
    patience: float = _PATIENCE

    @property
    def place(self) -> str:
        """The program itself knows where its extensions are."""
        return self.program

    @property
    def source(self) -> str:
        """A VSIX, or where its own marketplace has it."""
        known = self.extension
        return known.source if known.version else f"its marketplace, where it is {known.id}"

    @property
    def version(self) -> str | None:
        """Of the VSIX."""
        return self.extension.version

    def installed(self) -> str | None:
        """The version that the program lists."""
        listed = self._run("--list-extensions", "--show-versions")
        found = re.search(rf"^{re.escape(self.extension.id)}@(\S+)$", listed, re.MULTILINE | re.IGNORECASE)
        return found and found[1]

    def install(self) -> str:
        """Without --force it would keep a newer one, which may not fit to this core."""
        action = "" if self.version else "'opencredits setup vscode --vsix FILE' does without a marketplace."
        self._run("--install-extension", self.extension.source, "--force", action=action)
        version = self.installed()
        if version is None or version != (self.version or version):
            raise SetupRefused(f"{self.program} took the extension, but lists {version or 'none'}.")
        return version

    def remove(self) -> None:
        """Take it out of this program."""
        self._run("--uninstall-extension", self.extension.id)

    def _run(self, *arguments: str, action: str = "") -> str:
        """What the program answers. Raises SetupRefused when it fails."""
        try:
            ended = child.run(
                [self.program, *arguments],
                environ=child.without_keys(os.environ, child.Hidden()),
                folder=str(Path.home()),
                patience=self.patience,
                most=_MOST,
                with_errors=True,
            )
        except OSError as exc:
            raise SetupRefused(f"{self.program} cannot be started ({exc.strerror or exc}).") from exc
        said = ended.output.decode(errors="replace")
        if ended.fate == "late":
            raise SetupRefused(f"{self.program} did not answer within {self.patience:g} seconds.")
        if ended.status != 0:
            raise SetupRefused(f"{self.program} failed: {_reason(said)}", action=action)
        return said


def _reason(said: str) -> str:
    """The line that says why: the first that starts with "Error", a stack may follow it; or the last."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return next(
        (line for line in lines if line.startswith("Error")), lines[-1] if lines else "it does not say why"
    )
