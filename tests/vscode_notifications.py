"""What a window of VS Code says, and asks: notifications, and dialogs that stop everything."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page

TOAST = ".notifications-toasts .notification-list-item"
DIALOG = ".monaco-dialog-box"

# Notifications go away by themselves: this keeps what was said, in order, in the page.
REMEMBER = """
window.said = [];
const known = new WeakMap();
const look = () => {
  for (const element of document.querySelectorAll('.notifications-toasts .notification-list-item-message')) {
    const text = element.textContent;
    if (text && known.get(element) !== text) {
      known.set(element, text);
      window.said.push(text);
    }
  }
};
new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
"""


class Notifications:
    """Those of this page, which must not be loaded yet."""

    def __init__(self, page: Page, profile: BrowserContext, do: Callable[..., Any]) -> None:
        self.page, self.profile, self.do = page, profile, do
        self.do(page.add_init_script, REMEMBER)

    def said(self) -> list[str]:
        """The notifications so far, also those that are gone."""
        return self.do(self.page.evaluate, "window.said")

    def severity(self, of: str) -> str:
        """Of the notification with this in it: "info", "warning" or "error"."""
        icon = self.page.locator(TOAST, has_text=of).locator(".notification-list-item-icon").first
        return re.search(r"codicon-(info|warning|error)", self.do(icon.get_attribute, "class"))[1]

    def buttons(self, of: str) -> list[str]:
        """Those of the notification with this in it, from left to right; none if there is none."""
        toast = self.page.locator(TOAST, has_text=of)
        return self.do(
            toast.locator(".notification-list-item-buttons-container .monaco-button").all_inner_texts
        )

    def links(self) -> int:
        """How many there are in all of them."""
        return self.do(self.page.locator(f"{TOAST} a[href], {TOAST} a[data-href]").count)

    def dialog(self) -> str:
        """What the dialog says, as soon as there is one."""
        return self.do(self.page.locator(f"{DIALOG} .dialog-message-container").inner_text)

    def push(self, title: str, of: str = "") -> None:
        """A button, as soon as it is there: of a dialog, or of a notification with this in it."""
        self.do(self._button(title, of).click)

    def push_for_tab(self, title: str) -> str:
        """The address of the tab that this button opens in the browser."""

        def push() -> str:
            with self.profile.expect_page() as tab:
                self._button(title).click()
            tab.value.wait_for_load_state()
            return tab.value.url

        return self.do(push)

    def _button(self, title: str, of: str = "") -> Locator:
        found = self.page.locator(TOAST, has_text=of).or_(self.page.locator(DIALOG))
        return found.locator(".monaco-button").filter(has_text=re.compile(rf"^{re.escape(title)}$")).first
