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
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import extension
from browser import Browser
from editors import Editor
from installation import clean_environ
from opencredits import __version__
from processes import children
from vscode_window import COLOUR_SETTINGS, SIZE, Window
from waiting import PATIENCE, wait_for

VERSION = "1.139"
COMMAND = "opencredits.command"

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
SETTINGS = {**QUIET, "workbench.colorCustomizations": COLOUR_SETTINGS}
# Of our options, those that have another name in there.
NAMES = {
    "enabled": "providers.openrouter.enabled",
    "rate_window": "consumptionRatePeriod",
    "show_in_status_bar": "showInStatusBar",
    "update_interval": "updateInterval",
}


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

    def set_options(self, options: Mapping[str, Any]) -> None:
        """The same for ours, by their names in config.toml."""
        self.set(in_settings(options))

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
        return Window(self, f"http://127.0.0.1:{self.port}/?folder={quote(str(folder or self.workspace))}")

    # what runs

    def hosts(self) -> list[int]:
        """The extension hosts: one for each window."""
        return [pid for pid in children(self.pid) if "--type=extensionHost" in _argv(pid)]

    def cores(self) -> list[int]:
        """The cores that run, of all windows."""
        below = [pid for host in self.hosts() for pid in children(host)]
        return [pid for pid in below if "bridge" in _argv(pid)]  # other extensions have children as well


def in_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options by the names of VS Code's settings."""
    return {f"opencredits.{NAMES.get(name, name)}": value for name, value in options.items()}


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
