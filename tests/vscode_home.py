"""A person's home with a VS Code for which OpenCredits is installed."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import editors
import extension
from browser import Browser
from editor_home import EditorHome
from needs import missing
from opencredits.simulator import Simulator
from vscode_session import VERSION, VsCode, in_settings
from vscode_window import Window


class Home(EditorHome):
    """A home beside a simulator, and the VS Codes in it.

    The key is in the environment. The core is in `~/.local/bin`, where pipx has it: the PATH of a test is no
    way to it, since VS Code takes that of a login shell.
    """

    def __init__(self, cli: Any, sim: Simulator, browser: Browser, stack: contextlib.ExitStack) -> None:
        super().__init__(cli, sim, stack)
        self.editor, self.browser = editors.vscode(VERSION), browser
        if not (extension.FOLDER / "dist/extension.js").is_file():
            missing("the extension is not built: 'npm ci && npm run package' in plugins/vscode")
        self.link_core(self.path / ".local/bin")

    def start(
        self,
        options: Mapping[str, Any] | None = None,
        *,
        env: Mapping[str, str | None] | None = None,
        **own: Any,
    ) -> VsCode:
        """Start a VS Code without a window. `own` are more arguments of VsCode."""
        settings = in_settings(options or {})
        env = {**self.env, **(env or {})}
        return self.stack.enter_context(
            VsCode(self.editor, self.browser, self.path, settings, env=env, **own)
        )

    def open(
        self,
        options: Mapping[str, Any] | None = None,
        *,
        env: Mapping[str, str | None] | None = None,
        **own: Any,
    ) -> Window:
        """Start a VS Code, and open its window."""
        return self.start(options, env=env, **own).open()

    def reopen(self, editor: Window) -> Window:
        """The window alone."""
        editor.reload()
        return editor

    def remove_core(self) -> None:
        """From where it is found."""
        (self.path / ".local/bin/opencredits").unlink()
