"""A person's home with a Vim for which OpenCredits is set up."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from typing import Any

import editors
from editor_home import EditorHome
from opencredits.simulator import Simulator
from vim_session import ADAPTER, Vim, in_vimrc


class Home(EditorHome):
    """A home beside a simulator, with the key in the environment and the core on PATH, and the Vims in it."""

    def __init__(self, cli: Any, sim: Simulator, version: str, stack: contextlib.ExitStack) -> None:
        super().__init__(cli, sim, stack)
        self.put_core_on_path()
        self.editor = editors.vim(version)
        self.install()

    def install(self) -> None:
        """Put the adapter where Vim looks for packages."""
        shutil.copytree(ADAPTER, self.path / ".vim/pack/opencredits/start/opencredits")

    def open(
        self,
        options: Mapping[str, Any] | None = None,
        *,
        env: Mapping[str, str | None] | None = None,
        vimrc: str = "",
        **own: Any,
    ) -> Vim:
        """Start a Vim. `own` are more arguments of Vim."""
        vimrc = "\n".join([vimrc, *in_vimrc(options or {})])
        return self.stack.enter_context(
            Vim(self.editor, self.path, vimrc, env={**self.env, **(env or {})}, **own)
        )
