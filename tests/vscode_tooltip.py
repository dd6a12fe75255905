"""What is shown over an element of a page while the mouse is there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as NotThere

from waiting import wait_for

HOVER = ".workbench-hover"
A_WHILE = 2000  # milliseconds until it is tried once more


class Tooltip:
    """That of this element."""

    def __init__(self, page: Page, element: Locator, do: Callable[..., Any]) -> None:
        self.page, self.element, self.do = page, element, do
        self.hover = page.locator(HOVER)

    def wait(self, part: str) -> str:
        """With this in it."""
        return wait_for(
            lambda: part in (text := self.do(self._look)) and text,
            lambda: f"a tooltip with {part!r}; there is {self.do(self._look)!r}",
        )

    def _look(self) -> str:
        if not self.hover.count():
            self.page.mouse.move(300, 200)
            self.element.hover()
            with contextlib.suppress(NotThere):  # it comes after a while, or not: then once more
                self.hover.first.wait_for(timeout=A_WHILE)
        return "\n".join(self.hover.all_inner_texts())

    def click(self, title: str) -> None:
        """A link in it."""

        def click() -> bool:
            self._look()
            with contextlib.suppress(NotThere):  # it may go away meanwhile
                self.hover.locator("a", has_text=title).first.click(timeout=A_WHILE)
                return True
            return False

        wait_for(lambda: self.do(click), f"the link {title!r} in a tooltip")

    def links(self) -> list[str]:
        """The texts of those in it."""
        return self.do(self.hover.locator("a").all_inner_texts)

    def pictures(self) -> int:
        """How many there are in it, icons too."""
        return self.do(self.hover.locator("img, .codicon").count)

    def leave(self) -> None:
        """Move the mouse away."""
        self.do(self.page.mouse.move, 300, 200)
        wait_for(lambda: not self.do(self.hover.count), "the tooltip's end")
