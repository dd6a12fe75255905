"""A real VS Code with the extension, in a home of its own: its server, and its windows in a Chromium.

The window is the workbench itself, as a page, and the extension runs in a real extension host, a process of
the server. The test looks at the page, and does there what a person does.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from playwright.sync_api import Error, FrameLocator, Locator
from playwright.sync_api import TimeoutError as NotThere

import editors
import extension
from account_home import AccountHome
from browser import Browser
from editors import Editor
from installation import clean_environ
from needs import missing
from opencredits import __version__
from opencredits.simulator import Simulator
from processes import children
from waiting import PATIENCE, wait_for

VERSION = "1.139"
NAME = "code-server"  # what this VS Code calls itself
FULL = "OpenRouter: $25.00"  # what the account of the tests has
ITEM = f'[id="{extension.ID}.opencredits.status"]'
COMMAND = "opencredits.command"
SIZE = {"width": 1100, "height": 650}

# Nothing that asks for a network, starts what nobody needs, or stands in the way.
QUIET = {
    "telemetry.telemetryLevel": "off",
    "workbench.startupEditor": "none",
    "workbench.editor.useModal": "off",
    "workbench.hover.delay": 100,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "extensions.autoCheckUpdates": False,
    "update.mode": "none",
    "git.enabled": False,
    "chat.disableAIFeatures": True,
    "chat.agentHost.enabled": False,
}
# And colours of their own, so that the page tells the levels apart.
SETTINGS = {
    **QUIET,
    "workbench.colorCustomizations": {
        "statusBar.background": "#101010",
        "statusBar.noFolderBackground": "#101010",
        "statusBarItem.warningBackground": "#aa5500",
        "statusBarItem.errorBackground": "#cc0000",
    },
}
COLOURS = {"rgb(170, 85, 0)": "warning", "rgb(204, 0, 0)": "error", "rgba(0, 0, 0, 0)": None}

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


class Window:
    """A window of VS Code: what is seen in it, and what a person does."""

    def __init__(self, server: VsCode, folder: Path | None, address: str) -> None:
        self.server, self.folder, self.address = server, folder, address
        self.do = server.browser.do
        self.page = self.do(server.profile.new_page)
        self.do(self.page.add_init_script, REMEMBER)
        self.do(self.page.goto, address)
        self.wait_up()

    def wait_up(self) -> None:
        """Until everything of the workbench is there, extensions apart."""
        self.do(self.page.locator(".statusbar-item").first.wait_for)

    # what is seen

    def text(self) -> str:
        """What the extension shows in the status bar."""
        return self.do(lambda: "".join(self._item().all_text_contents()))

    def _item(self) -> Locator:
        return self.page.locator(ITEM)

    def wait_text(self, expected: str) -> str:
        """Wait until what is shown begins with this."""
        return wait_for(
            lambda: (text := self.text()).startswith(expected) and text,
            lambda: f"{expected!r}; there is {self.text()!r}, and {self.said()} was said",
        )

    def colour(self) -> str | None:
        """The colour behind it: "warning", "error", or None for that of the bar."""
        script = "element => getComputedStyle(element).backgroundColor"
        return COLOURS[self.do(lambda: self._item().evaluate(script))]

    def icons(self) -> list[str]:
        """The icons in it."""
        names = "elements => elements.map(element => element.className)"
        return self.do(lambda: self._item().locator(".codicon").evaluate_all(names))

    def spoken(self) -> str:
        """What a screen reader says of it."""
        return self.do(lambda: self._item().locator("[aria-label]").first.get_attribute("aria-label")) or ""

    def place(self) -> dict[str, float]:
        """Where it is on the page: x, y, width and height."""
        return self.do(lambda: self._item().bounding_box())

    def tooltip(self, part: str = "") -> str:
        """What is shown over it while the mouse is there; with this in it."""
        hover = self.page.locator(".workbench-hover")

        def look() -> str:
            if not hover.count():
                self.page.mouse.move(300, 200)
                self._item().locator("a").first.hover()
                with contextlib.suppress(NotThere):  # it comes after a while, or not: then once more
                    hover.first.wait_for(timeout=2000)
            return "\n".join(hover.all_inner_texts())

        return wait_for(
            lambda: (text := self.do(look)) and part in text and text,
            lambda: f"a tooltip with {part!r}; there is {self.do(look)!r}",
        )

    def leave_tooltip(self) -> None:
        """Move the mouse away."""
        self.do(self.page.mouse.move, 300, 200)
        wait_for(lambda: not self.do(self.page.locator(".workbench-hover").count), "the tooltip's end")

    def said(self) -> list[str]:
        """The notifications so far, also those that are gone."""
        return self.do(self.page.evaluate, "window.said")

    def wait_said(self, part: str) -> str:
        """The first notification with this in it, as soon as there is one."""
        return wait_for(
            lambda: next((text for text in self.said() if part in text), None),
            lambda: f"{part!r}; said was {self.said()}, and shown is {self.text()!r}",
        )

    def severity(self) -> str:
        """Of the newest notification: "info", "warning" or "error"."""
        icon = self.page.locator(".notifications-toasts .notification-list-item-icon").first
        return re.search(r"codicon-(info|warning|error)", self.do(icon.get_attribute, "class"))[1]

    def buttons(self) -> list[str]:
        """Of the newest notification, from left to right."""
        toast = self.page.locator(".notifications-toasts .notification-list-item").first
        return self.do(
            toast.locator(".notification-list-item-buttons-container .monaco-button").all_inner_texts
        )

    def dialog(self) -> str:
        """What the dialog says that stops everything, as soon as there is one."""
        box = self.page.locator(".monaco-dialog-box")
        self.do(box.wait_for)
        return self.do(box.locator(".dialog-message-container").inner_text)

    def wait_page(self, part: str) -> str:
        """Wait until this is on the page that the extension has opened, and give all of it."""
        return wait_for(
            lambda: part in (text := self._opened_text()) and text,
            lambda: f"{part!r} on the page; there is {self._opened_text()!r}",
        )

    def _opened_text(self) -> str:
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

    def type(self, text: str) -> None:
        """Letters."""
        self.do(self.page.keyboard.type, text)

    def click(self) -> None:
        """On the item in the status bar."""
        self.do(self._item().locator("a").first.click)

    def click_until(self, text: str) -> None:
        """For a new figure: within five seconds of a refresh, that one's answer is given again."""

        def is_there() -> bool:
            self.click()
            return self.text() == text

        wait_for(is_there, lambda: f"{text!r}; there is {self.text()!r}")

    def click_link(self, title: str) -> None:
        """In the tooltip."""
        self.tooltip(title)
        self.do(self.page.locator(".workbench-hover a", has_text=title).first.click)

    def run(self, title: str) -> None:
        """A command, by the palette: "OpenCredits: Restart"."""

        def pick() -> bool:
            self.page.bring_to_front()  # of several windows, only one has the focus
            self.page.keyboard.press("F1")
            # Until all extensions are known, the list is without their commands.
            with contextlib.suppress(NotThere):
                self.page.locator(".quick-input-widget input[type=text]").fill(f">{title}", timeout=2000)
                self._choose(title, timeout=2000)
                return True
            self.page.keyboard.press("Escape")
            return False

        wait_for(lambda: self.do(pick), f"the command {title!r}")

    def choices(self) -> list[str]:
        """What can be chosen now, with what is said of each."""
        rows = self.page.locator(".quick-input-list .monaco-list-row")
        return self.do(lambda: [" ".join(each.split()) for each in rows.all_inner_texts()])

    def choose(self, title: str) -> None:
        """The first that begins with this, as soon as it is there."""
        self.do(self._choose, title)

    def _choose(self, title: str, timeout: float | None = None) -> None:
        rows = self.page.locator(".quick-input-list .monaco-list-row")
        wanted = rows.filter(has_text=re.compile(rf"^\s*{re.escape(title)}")).first
        wanted.wait_for(timeout=timeout)
        # By the keyboard: over what is under the mouse there may be a tooltip.
        while "focused" not in wanted.get_attribute("class", timeout=timeout).split():
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")

    def prompt(self) -> tuple[str, bool]:
        """What is asked for, as soon as it is, and whether the answer stays unreadable."""
        box = self.page.locator(
            ".quick-input-widget:has(.quick-input-message:not(:empty)) .quick-input-box input"
        )
        self.do(box.wait_for)
        asked = self.do(self.page.locator(".quick-input-widget").inner_text)
        return asked, self.do(box.get_attribute, "type") == "password"

    def answer(self, text: str) -> None:
        """Type it into the box that asks, and press Enter."""
        self.prompt()
        self.type(text)
        self.press("Enter")

    def push(self, title: str) -> None:
        """A button of a notification or dialog, as soon as it is there."""
        self.do(self._button(title).click)

    def push_for_tab(self, title: str) -> str:
        """The address of the tab that this button opens in the browser."""

        def push() -> str:
            # Playwright hears of a tab, and answers what the tab asks for, only while it waits.
            with self.server.profile.expect_page() as tab:
                self._button(title).click()
            tab.value.wait_for_load_state()
            return tab.value.url

        return self.do(push)

    def _button(self, title: str) -> Locator:
        buttons = self.page.locator(".notifications-toasts .monaco-button, .monaco-dialog-box .monaco-button")
        return buttons.filter(has_text=re.compile(rf"^{re.escape(title)}$")).first

    def push_on_page(self, title: str) -> None:
        """A button of the page that the extension has opened."""
        self.do(self.opened.locator("button", has_text=title).first.click)

    def push_on_page_until(self, title: str, part: str) -> None:
        """For a new figure, as `click_until`."""

        def is_there() -> bool:
            self.push_on_page(title)
            return part in self._opened_text()

        wait_for(is_there, f"{part!r} on the page")

    def reload(self) -> None:
        """As "Developer: Reload Window" does."""
        self.do(self.page.reload)
        self.wait_up()

    def close(self) -> None:
        """As a person does."""
        self.do(self.page.close)

    def crash(self) -> None:
        """As when the machine with the window goes away."""
        with contextlib.suppress(Exception):  # the page does not live to say that it went there
            self.do(lambda: self.page.goto("chrome://crash", timeout=2000))

    def picture(self, path: Path, **options: Any) -> None:
        """A PNG of it."""
        self.do(lambda: self.page.screenshot(path=path, **options))

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


class VsCode:
    """The server. Use as a context manager, then open windows.

    `argv` are more of its arguments. `installed` is a VSIX: without one, the extension runs from its folder.
    Without `trust`, folders are not trusted. `look` are the person's settings for all machines.
    """

    def __init__(
        self,
        editor: Editor,
        browser: Browser,
        home: Path,
        settings: Mapping[str, Any] | None = None,
        *,
        env: Mapping[str, str | None] | None = None,
        argv: tuple[str, ...] = (),
        installed: Path | None = None,
        trust: bool = True,
        look: Mapping[str, Any] = SETTINGS,
    ) -> None:
        self.editor, self.browser, self.home, self.installed = editor, browser, home, installed
        self.folder = Path(tempfile.mkdtemp(prefix="oc-vscode-"))
        self.workspace = self.folder / "workspace"
        self.environ = clean_environ(home, {**editor.environ, **(env or {})})
        self.argv = [
            editor.program,
            f"--server-data-dir={self.folder}/server",
            f"--user-data-dir={self.folder}/user",
        ]
        self.argv.append(f"--extensions-dir={self.folder}/extensions")
        self.options = argv
        self.trust, self.look = trust, look
        self.set({} if settings is None else settings)

    def set(self, settings: Mapping[str, Any]) -> None:
        """What the person has set: these, and no others. A COMMAND is for windows that open later."""
        prompt = {} if self.trust else {"security.workspace.trust.startupPrompt": "never"}
        chosen = {name: value for name, value in settings.items() if name == COMMAND}
        _write(self.folder / "user/User/settings.json", {**self.look, **prompt, **chosen})
        # VS Code watches this one alone, and takes no COMMAND from it.
        others = {name: value for name, value in settings.items() if name != COMMAND}
        _write(self.folder / "user/Machine/settings.json", others)

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            extensions = self.folder / "extensions"
            extensions.mkdir()
            if self.installed:
                self.install(self.installed)
            else:
                (extensions / f"{extension.ID}-{__version__}").symlink_to(extension.FOLDER)
            options = [
                "--host=127.0.0.1",
                "--port=0",
                "--without-connection-token",
                "--accept-server-license-terms",
            ]
            options += ["--telemetry-level=off", "--reconnection-grace-time=2"]
            options += ["--disable-workspace-trust"] if self.trust else []
            self.workspace.mkdir()
            self.output = self.folder / "output"
            with self.output.open("wb") as output:
                process = subprocess.Popen(
                    [*self.argv, *options, *self.options],
                    env=self.environ,
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                )
            self.process = stack.enter_context(process)
            self.pid = process.pid
            stack.callback(self._end)
            self.port = wait_for(self._port, lambda: f"the server:\n{self.printed()}")
            self.profile = self.browser.profile(viewport=SIZE)
            stack.callback(self.browser.do, self.profile.close)
            # With it the page encrypts the secrets that it keeps; else it forgets them when it is reloaded.
            key = {"body": bytes(range(32))}
            self.browser.do(self.profile.route, "**/mint-key", lambda route: route.fulfill(**key))
            self.ends = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.ends.close()

    def install(self, vsix: Path) -> None:
        """A packaged extension, as `code --install-extension` does."""
        command = [*self.argv, f"--install-extension={vsix}"]
        subprocess.run(command, env=self.environ, check=True, capture_output=True, timeout=PATIENCE)

    def printed(self) -> str:
        """What it wrote to its terminal."""
        return self.output.read_text(errors="replace")

    def _port(self) -> str | None:
        assert self.process.poll() is None, self.printed()
        found = re.search(r"Web UI available at \S+:(\d+)", self.printed())
        return found and found[1]

    def _end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def open(self, folder: Path | None = None) -> Window:
        """A window of this folder; by default of an empty one."""
        folder = folder or self.workspace
        address = f"http://127.0.0.1:{self.port}/?folder={quote(str(folder))}"
        return Window(self, folder, address)

    # what runs

    def hosts(self) -> list[int]:
        """The extension hosts: one for each window."""
        return [pid for pid in children(self.pid) if "--type=extensionHost" in _argv(pid)]

    def cores(self) -> list[int]:
        """The cores that run, of all windows."""
        below = [pid for host in self.hosts() for pid in children(host)]
        return [pid for pid in below if "bridge" in _argv(pid)]  # other extensions have children as well

    def core(self) -> int:
        """The one core that runs, as soon as it does."""
        (pid,) = wait_for(self.cores, "a core")
        return pid


class Home(AccountHome):
    """A home beside a simulator, and the VS Codes in it.

    The key is in the environment. The core is in `~/.local/bin`, where pipx has it: the PATH of a test is no
    way to it, since VS Code takes that of a login shell.
    """

    def __init__(
        self, cli: Any, sim: Simulator, editor: Editor, browser: Browser, stack: contextlib.ExitStack
    ) -> None:
        super().__init__(cli, sim, stack)
        self.editor, self.browser = editor, browser
        self.link_core(self.path / ".local/bin")

    def start(
        self,
        settings: Mapping[str, Any] | None = None,
        *,
        env: Mapping[str, str | None] | None = None,
        **more: Any,
    ) -> VsCode:
        """Start a VS Code without a window."""
        env = {**self.env, **(env or {})}
        return self.stack.enter_context(
            VsCode(self.editor, self.browser, self.path, settings, env=env, **more)
        )

    def open(self, settings: Mapping[str, Any] | None = None, **more: Any) -> Window:
        """Start a VS Code, and open its window."""
        return self.start(settings, **more).open()

    def open_scripted(
        self, command: list[str], settings: Mapping[str, Any] | None = None, **more: Any
    ) -> Window:
        """Start a VS Code whose core plays a script: the one that `opencredits setup` has recorded."""
        self.record(command)
        return self.open(settings, **more)

    def record(self, command: list[str]) -> None:
        """As `opencredits setup` does."""
        self.state.mkdir(parents=True, exist_ok=True)
        (self.state / "setup.json").write_text(json.dumps({"command": command, "version": __version__}))

    def remove_core(self) -> None:
        """From where it is found."""
        (self.path / ".local/bin/opencredits").unlink()


@contextlib.contextmanager
def open_home(cli: Any, browser: Browser) -> Iterator[Home]:
    """See Home; the account has $25.00, and nobody spends but the test. Skips where VS Code is missing."""
    editor = editors.vscode(VERSION)
    if not (extension.FOLDER / "dist/extension.js").is_file():
        missing("the extension is not built: 'npm ci && npm run package' in plugins/vscode")
    with contextlib.ExitStack() as stack:
        sim = stack.enter_context(Simulator("idle"))
        yield Home(cli, sim, editor, browser, stack)


def _write(file: Path, settings: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(settings), encoding="utf-8")
    draft.replace(file)  # in one step: half a file would be read as none


def _argv(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")
    except OSError:  # it has ended
        return []
