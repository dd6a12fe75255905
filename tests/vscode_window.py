"""A window of VS Code: what is seen in it, and what a person does."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from playwright.sync_api import Error, FrameLocator

import extension
from editor_session import EditorSession
from vscode_menu import Menu
from vscode_notifications import Notifications
from vscode_tooltip import Tooltip
from waiting import wait_for

if TYPE_CHECKING:
    from vscode_session import VsCode

ITEM = f'[id="{extension.ID}.opencredits.status"]'
SIZE = {"width": 1100, "height": 650}
# Colours of their own, so that the page tells the levels apart.
COLOUR_SETTINGS = {
    "statusBar.background": "#101010",
    "statusBar.noFolderBackground": "#101010",
    "statusBarItem.warningBackground": "#aa5500",
    "statusBarItem.errorBackground": "#cc0000",
}
BACKGROUNDS = {"rgb(170, 85, 0)": "warning", "rgb(204, 0, 0)": "error", "rgba(0, 0, 0, 0)": None}
# Where the palette has another name for it.
COMMANDS = {
    "configure": "OpenCredits: Configure Providers",
    "details": "OpenCredits: Show Details",
    "log": "OpenCredits: Show Log",
    "refresh": "OpenCredits: Refresh Credits",
    "restart": "OpenCredits: Restart",
}


class Window(EditorSession):
    """`server` is the VS Code that it belongs to; `page` is it, for Playwright."""

    CLIENT: ClassVar = {"name": "code-server", "keeps_keys": True}  # as this VS Code calls itself
    COLOURS: ClassVar = {"ok": None, "low": "warning", "critical": "error", "error": "error", "unknown": None}

    def __init__(self, server: VsCode, address: str) -> None:
        self.server, self.home = server, server.home
        self.do = server.browser.do
        self.page = self.do(server.profile.new_page)
        self.item = self.page.locator(ITEM)
        self.notifications = Notifications(self.page, server.profile, self.do)
        self.menu = Menu(self.page, self.do)
        self.hover = Tooltip(self.page, self.item.locator("a").first, self.do)
        self.do(self.page.goto, address)
        self.wait_up()

    def wait_up(self) -> None:
        """Until everything of the workbench is there, extensions apart."""
        self.do(self.page.locator(".statusbar-item").first.wait_for)

    # what is seen

    def text(self) -> str:
        """What the extension shows in the status bar."""
        return self.do(lambda: "".join(self.item.all_text_contents()))

    def colour(self) -> str | None:
        """The colour behind it: "warning", "error", or None for that of the bar."""
        script = "elements => elements.map(element => getComputedStyle(element).backgroundColor)"
        return next((BACKGROUNDS[each] for each in self.do(self.item.evaluate_all, script)), None)

    def icons(self) -> list[str]:
        """The icons in it."""
        names = "elements => elements.map(element => element.className)"
        return self.do(lambda: self.item.locator(".codicon").evaluate_all(names))

    def spoken(self) -> str:
        """What a screen reader says of it."""
        return self.do(lambda: self.item.locator("[aria-label]").first.get_attribute("aria-label")) or ""

    def place(self) -> dict[str, float]:
        """Where it is on the page: x, y, width and height."""
        return self.do(self.item.bounding_box)

    def tooltip(self, part: str = "") -> str:
        """What is shown over it while the mouse is there; with this in it."""
        return self.hover.wait(part)

    def leave_tooltip(self) -> None:
        """Move the mouse away."""
        self.hover.leave()

    def said(self) -> list[str]:
        """The notifications so far, also those that are gone."""
        return self.notifications.said()

    def page_text(self) -> str:
        """The text of the page that the extension has opened."""
        # It may be replaced while it is read.
        with contextlib.suppress(Error):
            return "".join(self.do(self.opened.locator("body").all_inner_texts))
        return ""

    @property
    def opened(self) -> FrameLocator:
        """The page that the extension has opened."""
        return self.page.frame_locator("iframe.webview").frame_locator("#active-frame")

    def storage(self) -> str:
        """What the browser keeps for the window."""
        return json.dumps(self.do(self.server.profile.storage_state, indexed_db=True))

    def visible(self) -> str:
        """All text in the window."""
        return self.do(self.page.locator("body").inner_text).replace("\xa0", " ")

    def wait_visible(self, part: str) -> None:
        """Wait until this stands somewhere in the window."""
        wait_for(lambda: part in self.visible(), lambda: f"{part!r} in the window:\n{self.visible()}")

    # what a person does

    def press(self, *keys: str) -> None:
        """Keys by their names."""
        for key in keys:
            self.do(self.page.keyboard.press, key)

    def type_into_new_file(self, text: str) -> None:
        """Letters, in an editor."""
        self.run("File: New Untitled Text File")
        self.do(self.page.locator(".monaco-editor.focused").wait_for)
        self.do(self.page.keyboard.type, text)

    def click(self) -> None:
        """On the item in the status bar."""
        self.do(self.item.locator("a").first.click)

    def click_link(self, title: str) -> None:
        """In the tooltip."""
        self.hover.click(title)

    def run(self, command: str) -> None:
        """One of our commands, or any by its title in the palette."""
        self.menu.run(COMMANDS.get(command, command))

    def set_options(self, **options: Any) -> None:
        """In the settings of the machine."""
        self.server.set_options(options)

    def choose(self, title: str) -> None:
        """In a quick pick."""
        self.menu.choose(title)

    def answer(self, prompt: str, text: str) -> None:
        """In an input box."""
        asked, is_secret = self.menu.prompt()
        assert (prompt in asked, is_secret) == (True, False)
        self.menu.answer(text)

    def answer_secretly(self, text: str) -> None:
        """In an input box that does not show it."""
        _, is_secret = self.menu.prompt()
        assert is_secret
        self.menu.answer(text)

    def confirm(self, question: str, *, yes: bool) -> None:
        """In a dialog."""
        assert question in self.notifications.dialog()
        self.notifications.push("Yes" if yes else "Cancel")

    def act(self, row: str, action: str) -> None:
        """By the button in the row."""
        cells = self.opened.locator("tr", has_text=re.compile(rf"^\s*{re.escape(row)}"))
        self.do(cells.locator("button", has_text=action).first.click)

    def answer_alert(self, action: str, *, of: str = "") -> None:
        """By the button of the notification, or from the list where it has too many."""
        titles = wait_for(
            lambda: {action, "More…"} & {*self.notifications.buttons(of)},
            lambda: f"{action!r}; {self.scene()}",
        )
        if action in titles:
            self.notifications.push(action, of)
        else:
            self.notifications.push("More…", of)
            self.choose(action)

    def restart_as(self, said: str) -> None:
        """By the button of the notification."""
        self.notifications.push("Restart", of=said)

    def push_on_page(self, title: str) -> None:
        """A button of the page that the extension has opened."""
        self.do(self.opened.locator("button", has_text=title).first.click)

    def wait_opened(self, url: str) -> None:
        """VS Code itself asks before it leaves to a site that it does not know."""
        is_wanted, page = (lambda each: each == url), {"body": "The page"}
        self.do(self.server.profile.route, is_wanted, lambda route: route.fulfill(**page))
        assert url in self.notifications.dialog()
        assert self.notifications.push_for_tab("Open") == url
        self.do(self.page.bring_to_front)

    def reload(self) -> None:
        """As "Developer: Reload Window" does."""
        self.do(self.page.reload)
        self.wait_up()

    def quit(self) -> None:
        """Close the window."""
        self.do(self.page.close)

    def kill(self) -> None:
        """The server: then nobody tells the extension that it is over."""
        self.server.process.kill()
        self.server.process.wait()

    def crash(self) -> None:
        """As when the machine with the window goes away."""
        with contextlib.suppress(Exception):  # the page does not live to say that it went there
            self.do(lambda: self.page.goto("chrome://crash", timeout=2000))

    def picture(self, path: Path, **options: Any) -> None:
        """A PNG of it."""
        self.do(lambda: self.page.screenshot(path=path, **options))

    # what runs

    def cores(self) -> list[int]:
        """Those of all windows of the server."""
        return self.server.cores()

    def activations(self) -> dict[str, tuple[float, float]]:
        """Milliseconds to load each extension and in its `activate`, as the extension host measures them."""
        self.do(self.page.set_viewport_size, {**SIZE, "height": 4000})  # only what is in sight is there
        self.run("Developer: Startup Performance")
        lines = self.page.locator(".monaco-editor .view-lines").first
        row = re.compile(r"\| (\S+\.\S+) +\| (?:true|false) +\| (\d+) +\| (\d+) ")
        found = wait_for(
            lambda: (rows := row.findall(self.do(lines.inner_text).replace("\xa0", " "))) and rows,
            "the table of extensions",
        )
        return {name: (float(load), float(call)) for name, load, call in found}
