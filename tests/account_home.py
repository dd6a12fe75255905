"""A person's home beside a simulated account; each editor's session adds how that editor is opened in it."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from opencredits.simulator import Simulator


class AccountHome:
    """The key is in the environment `env`; what is opened is entered into `stack`."""

    def __init__(self, cli: Any, sim: Simulator, stack: ExitStack) -> None:
        self.cli, self.path, self.script, self.sim, self.stack = cli, cli.home, cli.script, sim, stack
        self.state = cli.home / ".local/state/opencredits"
        self.config = cli.home / ".config/opencredits/config.toml"
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.configure()
        self.env: dict[str, str | None] = {"OPENROUTER_API_KEY": sim.key}

    def put_core_on_path(self) -> None:
        """As it is for who starts an editor in a terminal."""
        self.env["PATH"] = f"{Path(self.script).parent}{os.pathsep}{os.environ['PATH']}"

    def configure(self, *lines: str, label: str = "OpenRouter") -> None:
        """Write `config.toml`."""
        quoted = json.dumps(label, ensure_ascii=False)
        account = ["[accounts.default]", f'base_url = "{self.sim.base_url}"', f"label = {quoted}"]
        self.config.write_text("\n".join([*lines, *account]) + "\n", encoding="utf-8")

    def without_core(self) -> dict[str, str | None]:
        """An environment in which no core is found on PATH."""
        folder = self.path / "nothing"
        folder.mkdir(exist_ok=True)
        return {"PATH": str(folder)}

    def link_core(self, folder: Path) -> str:
        """Put the installed core into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "opencredits").symlink_to(self.script)
        return str(folder / "opencredits")
