"""A person's home with an editor for which OpenCredits is set up."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Any

from account_home import AccountHome
from desktop import Desktop
from editor_session import EditorSession
from scripted_bridge import STATUS, Script


class EditorHome(AccountHome, abc.ABC):
    """A home in which an editor finds the core and the key."""

    @abc.abstractmethod
    def open(
        self,
        options: Mapping[str, Any] | None = None,
        *,
        env: Mapping[str, str | None] | None = None,
        **own: Any,
    ) -> EditorSession:
        """Start the editor, with somebody before it; options as in `EditorSession.set_options`."""

    def open_scripted(
        self, command: list[str], options: Mapping[str, Any] | None = None, **own: Any
    ) -> EditorSession:
        """Start one with this program as its core."""
        self.record(command)
        return self.open(options, **own)

    def play(self, script: Script, options: Mapping[str, Any] | None = None, **own: Any) -> EditorSession:
        """Start one whose core plays a script, and wait for its first text."""
        editor = self.open_scripted(script.command, options, **own)
        editor.wait_text(STATUS["text"])
        return editor

    def reopen(self, editor: EditorSession) -> EditorSession:
        """As after a person has closed it."""
        editor.quit()
        return self.open()

    def remove_core(self) -> None:
        """From where it is found."""
        self.env |= self.without_core()

    def use_keyring(self) -> dict[str, str | None]:
        """A real one with nothing in it, and no key in the environment; gives what was set there."""
        session = self.stack.enter_context(Desktop())
        session.start_keyring("password")
        variables = {**session.variables, "OPENROUTER_API_KEY": None}
        self.env |= variables
        return variables

    def put_browser(self) -> None:
        """One that writes down what it is to open."""
        folder = self.path / "browser"
        folder.mkdir()
        program = folder / "xdg-open"
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >>{self.path}/opened\n', encoding="utf-8")
        program.chmod(0o755)
        self.put_on_path(folder)
        self.env["BROWSER"] = f"{program} %s"
