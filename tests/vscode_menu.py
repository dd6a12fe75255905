"""The menus and prompts of a window of VS Code, which all open in one place: the palette, too."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as NotThere

from waiting import wait_for

ROWS = ".quick-input-list .monaco-list-row"
BOX = ".quick-input-widget .quick-input-box input"
PROMPT = f".quick-input-widget:has(.quick-input-message:not(:empty)) {BOX.split(maxsplit=1)[1]}"
A_WHILE = 2000  # milliseconds until it is tried once more


class Menu:
    """That of this page."""

    def __init__(self, page: Page, do: Callable[..., Any]) -> None:
        self.page, self.do = page, do

    def run(self, title: str) -> None:
        """A command, by the palette: "OpenCredits: Restart"."""

        def pick() -> bool:
            # Until all extensions are known, the list is without their commands.
            with contextlib.suppress(NotThere):
                self._search(title)
                self._choose(title, A_WHILE)
                return True
            self.page.keyboard.press("Escape")
            return False

        wait_for(lambda: self.do(pick), f"the command {title!r}")

    def search(self, text: str) -> None:
        """Type this into the palette."""
        self.do(self._search, text)

    def _search(self, text: str) -> None:
        self.page.bring_to_front()  # of several windows, only one has the focus
        self.page.keyboard.press("F1")
        self.page.locator(BOX).fill(f">{text}", timeout=A_WHILE)

    def choices(self) -> list[str]:
        """What can be chosen now, with what is said of each."""
        rows = self.page.locator(ROWS)
        return self.do(lambda: [" ".join(each.split()) for each in rows.all_inner_texts()])

    def choose(self, title: str) -> None:
        """The first that begins with this, as soon as it is there."""
        self.do(self._choose, title)

    def _choose(self, title: str, timeout: float | None = None) -> None:
        wanted = self.page.locator(ROWS).filter(has_text=re.compile(rf"^\s*{re.escape(title)}")).first
        wanted.wait_for(timeout=timeout)
        # By the keyboard: over what is under the mouse there may be a tooltip.
        while "focused" not in wanted.get_attribute("class", timeout=timeout).split():
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")

    def prompt(self) -> tuple[str, bool]:
        """What is asked for, as soon as it is, and whether the answer stays unreadable."""
        box = self.page.locator(PROMPT)
        self.do(box.wait_for)
        asked = self.do(self.page.locator(".quick-input-widget").inner_text)
        return asked, self.do(box.get_attribute, "type") == "password"

    def answer(self, text: str) -> None:
        """Type it into the box that asks, and press Enter."""
        box = self.page.locator(PROMPT)
        self.do(box.press_sequentially, text)
        self.do(box.press, "Enter")
