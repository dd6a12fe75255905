"""A Neovim, and a core that plays a script."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from editors import Editor
from neovim_session import Neovim
from scripted_bridge import STATUS, Script
from waiting import wait_for


class Stage:
    """The script that the cores play, and the Neovims in one home, which end with `stack`."""

    def __init__(self, editor: Editor, folder: Path, stack: contextlib.ExitStack) -> None:
        self.editor, self.stack = editor, stack
        self.home = folder / "home"
        self.state = self.home / ".local/state/opencredits"
        self.state.mkdir(parents=True)
        self.script = Script(folder / "script")

    def open(self, options: Mapping[str, Any] | None = None, **more: Any) -> Neovim:
        """Start Neovim; what was scripted until now is played."""
        options = {"command": self.script.command, **(options or {})}
        return self.stack.enter_context(Neovim(self.editor, self.home, options, **more))

    def opened(self, **steps: list[dict]) -> Neovim:
        """Start Neovim with these steps scripted, and wait for the first text."""
        self.script.write(**steps)
        nvim = self.open()
        nvim.wait_text(STATUS["text"])
        wait_for(lambda: nvim.lua("return require('opencredits.session').is_ready()"), "an answer")
        return nvim

    def attended(self, **steps: list[dict]) -> Neovim:
        """The same, with somebody before the screen."""
        nvim = self.opened(**steps)
        nvim.screen()
        return nvim
