"""Homes in which the benchmark runs programs."""

from __future__ import annotations

import subprocess
from pathlib import Path

from installation import Installation, clean_environ
from opencredits.simulator import Simulator


class Home:
    """A home whose account is a simulated one; its key comes from the environment."""

    def __init__(self, program: Installation, folder: Path, sim: Simulator) -> None:
        folder.mkdir()
        self.database = folder / "state" / "opencredits.db"
        given = {"OPENCREDITS_HOME": str(folder), "OPENROUTER_API_KEY": sim.key}
        self.environ = clean_environ(folder, given)
        self._program = program
        self.set("accounts.default.base_url", sim.base_url)

    def set(self, option: str, value: str) -> None:
        """As a user does."""
        self._run("config", "set", option, value)

    def poll(self) -> None:
        """Ask the simulator, and store what it says."""
        self._run("status")

    def _run(self, *args: str) -> None:
        command = [str(self._program.script), *args]
        subprocess.run(command, env=self.environ, check=True, stdout=subprocess.DEVNULL)
