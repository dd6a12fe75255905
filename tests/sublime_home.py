"""A person's home with a Sublime Text for which OpenCredits is set up."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Mapping
from typing import Any

from editor_home import EditorHome
from opencredits.simulator import Simulator
from sublime_session import SETTINGS, Sublime, install, make_data, python


class Home(EditorHome):
    """A home beside a simulator, with the key in the environment, the core on PATH, and the editors in it."""

    def __init__(self, cli: Any, sim: Simulator, version: str, stack: contextlib.ExitStack) -> None:
        super().__init__(cli, sim, stack)
        self.put_core_on_path()
        self.program = python(version)
        self.data = cli.home / ".config/sublime-text"
        make_data(self.data)
        install(self.data)

    def open(
        self,
        options: Mapping[str, Any] | None = None,
        *,
        env: Mapping[str, str | None] | None = None,
    ) -> Sublime:
        """Start one; the options are its settings, of any kind."""
        text = json.dumps(options or {}, indent=4)
        (self.data / "Packages/User" / SETTINGS).write_text(text, encoding="utf-8")
        return self.stack.enter_context(
            Sublime(self.program, self.path, self.data, env={**self.env, **(env or {})})
        )

    def open_another(self, options: Mapping[str, Any] | None = None) -> Sublime:
        """Start one beside, with a folder of its own; the home is the same."""
        name = f"sublime-text-{len(list(self.data.parent.iterdir()))}"
        shutil.copytree(self.data, self.data.with_name(name))
        self.data = self.data.with_name(name)
        return self.open(options)
