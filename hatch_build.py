"""What the wheel carries of the adapters, for `opencredits setup`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_ADAPTERS = "opencredits/adapters"


class Adapters(BuildHookInterface):
    """Folders as they are, and of VS Code's extension what it is installed by."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """The VSIX only where it was built before: a plain checkout has no Node."""
        vsix = Path(self.root, "plugins", "vscode", "opencredits.vsix")
        if vsix.exists():
            build_data["force_include"][str(vsix)] = f"{_ADAPTERS}/vscode/{vsix.name}"
