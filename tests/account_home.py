"""A person's home beside a simulated account; each editor's session adds how that editor is opened in it."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from opencredits import __version__
from opencredits.simulator import Simulator
from scripted_bridge import STATUS


class AccountHome:
    """The key is in the environment `env`; what is opened is entered into `stack`."""

    def __init__(self, cli: Any, sim: Simulator, stack: ExitStack) -> None:
        self.cli, self.path, self.script, self.sim, self.stack = cli, cli.home, cli.script, sim, stack
        self.state = cli.home / ".local/state/opencredits"
        self.config = cli.home / ".config/opencredits/config.toml"
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.configure()
        self.env: dict[str, str | None] = {"OPENROUTER_API_KEY": sim.key}
        self.env["OPENCREDITS_KEYRING_PATIENCE"] = "20"  # seconds: a busy machine is no keyring that hangs

    def configure(self, *lines: str, label: str = "OpenRouter") -> None:
        """Write `config.toml`."""
        quoted = json.dumps(label, ensure_ascii=False)
        account = ["[accounts.default]", f'base_url = "{self.sim.base_url}"', f"label = {quoted}"]
        self.config.write_text("\n".join([*lines, *account]) + "\n", encoding="utf-8")

    # the core

    def put_core_on_path(self) -> None:
        """As it is for who starts an editor in a terminal."""
        self.put_on_path(Path(self.script).parent)

    def put_on_path(self, folder: Path) -> None:
        """Before everything else."""
        self.env["PATH"] = f"{folder}{os.pathsep}{self.env.get('PATH') or os.environ['PATH']}"

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

    def record(self, command: list[str]) -> None:
        """Name this as the core, as `opencredits setup` does."""
        self._write("setup.json", {"command": command, "version": __version__})

    # what happens in it

    def store(self, **changes: Any) -> None:
        """Leave a status as the one that was shown last."""
        self._write("status.json", {**STATUS, **changes})

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        self.state.mkdir(parents=True, exist_ok=True)
        (self.state / name).write_text(json.dumps(content), encoding="utf-8")

    def spend(self, dollars: str) -> None:
        """So that whoever asks next gets another figure, even within five seconds of the last refresh."""
        self.sim.account.spend(Decimal(dollars))
        self.forget_refresh()

    def forget_refresh(self) -> None:
        """As if none had been asked for: within five seconds of one its answer would be given again."""
        self.sql("UPDATE series SET manual_at = NULL")

    def refresh_elsewhere(self) -> str:
        """Ask as somebody in a terminal does; what is printed."""
        self.forget_refresh()
        return self.cli("refresh", env=self.env).stdout

    def sql(self, statement: str) -> list[Any]:
        """Ask the file that all editors share."""
        with contextlib.closing(sqlite3.connect(self.state / "opencredits.db", timeout=10)) as db, db:
            return db.execute(statement).fetchall()


def moment(**from_now: float) -> str:
    """A moment as in `status.json`, so much later than now."""
    return (datetime.now(UTC) + timedelta(**from_now)).strftime("%Y-%m-%dT%H:%M:%SZ")
