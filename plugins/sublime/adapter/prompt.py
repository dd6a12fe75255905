"""Asking the person for a text."""

from __future__ import annotations

from typing import Callable

import sublime

from .bridge import Json
from .threads import on_main


def ask(prompt: Json, answer: Callable[[str], None]) -> None:
    """Ask; nothing is called when nothing was entered. A secret is not shown while it is typed, nor kept."""
    # Soon, not now: a panel cannot open while the one before it closes.
    on_main(_ask_secret if prompt["secret"] else _ask, sublime.active_window(), prompt["title"], answer)


def _ask(window: sublime.Window, title: str, answer: Callable[[str], None]) -> None:
    window.show_input_panel(f"{title}:", "", lambda text: answer(text) if text else None, None, None)


def _ask_secret(window: sublime.Window, title: str, answer: Callable[[str], None]) -> None:
    def done(text: str) -> None:
        _clean(view)
        if text:
            answer(text)

    view = window.show_input_panel(f"{title}:", "", done, None, lambda: _clean(view))
    view.settings().set("password", True)  # not documented, and known to packages for years


def _clean(view: sublime.View) -> None:
    """One view serves all input panels of a window, and remembers what was typed for its undo."""
    view.run_command("select_all")
    view.run_command("right_delete")
    view.clear_undo_stack()
    view.settings().erase("password")
