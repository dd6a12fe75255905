"""A person's home with a Neovim for which OpenCredits is set up."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import editors
from editor_home import EditorHome
from neovim_session import Neovim, in_setup
from opencredits.simulator import Simulator


class Home(EditorHome):
    """A home beside a simulator, with the key in the environment, the core on PATH, and the Neovims in it."""

    def __init__(self, cli: Any, sim: Simulator, version: str, stack: contextlib.ExitStack) -> None:
        super().__init__(cli, sim, stack)
        self.put_core_on_path()
        self.editor = editors.neovim(version)

    def open(
        self,
        options: Mapping[str, Any] | None = None,
        *,
        env: Mapping[str, str | None] | None = None,
        attended: bool = True,
        **own: Any,
    ) -> Neovim:
        """Start a Neovim; unless `attended`, nobody is before it. `own` are more arguments of Neovim."""
        own.setdefault("setup", in_setup(options or {}))
        neovim = Neovim(self.editor, self.path, env={**self.env, **(env or {})}, **own)
        self.stack.enter_context(neovim)
        if attended:
            neovim.screen()
        return neovim
