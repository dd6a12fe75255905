"""Choosing among what the core offers."""

from __future__ import annotations

from html import escape
from typing import Callable, TypeVar

import sublime

from .bridge import Json
from .threads import on_main

T = TypeVar("T", bound=Json)


def ask(title: str, choices: list[T], chosen: Callable[[T], None]) -> None:
    """Offer these, each with a `title` and maybe a `detail`; nothing is called when none is chosen."""
    items = [
        sublime.QuickPanelItem(_one_line(each["title"]), escape(_one_line(each.get("detail") or "")))
        for each in choices
    ]

    def select(index: int) -> None:
        if index >= 0:
            chosen(choices[index])

    # Soon, not now: a panel cannot open while the one before it closes.
    on_main(lambda: sublime.active_window().show_quick_panel(items, select, placeholder=_one_line(title)))


def confirm(question: str, agreed: Callable[[], None]) -> None:
    """Ask for a yes."""
    choices = [{"title": "Yes", "detail": question, "agreed": True}, {"title": "No", "agreed": False}]
    ask(question, choices, lambda choice: agreed() if choice["agreed"] else None)


def _one_line(text: str) -> str:
    return " ".join(text.split())
