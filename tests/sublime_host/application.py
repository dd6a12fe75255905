"""The application behind the API: its threads, windows, views and settings, and what it has shown."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import traceback
from typing import Any, Callable

from loop import Callback, Loop
from slow import Watch

PLATFORM = {"linux": "Linux", "osx": "OSX", "windows": "Windows"}


class BadCall(RuntimeError):
    """A plugin has done what it may not do."""


class SettingsState:
    """Values in layers, the last of which wins, and who wants to know of a change."""

    def __init__(self, *layers: dict[str, Any]) -> None:
        self.layers = list(layers)
        self.own: dict[str, Any] = {}
        self.callbacks: list[Any] = []  # (tag, callback)

    def all(self) -> dict[str, Any]:
        """Every value."""
        merged: dict[str, Any] = {}
        for layer in [*self.layers, self.own]:
            merged.update(layer)
        return merged

    def changed(self) -> None:
        """Tell everybody, later: the callbacks run on the main thread."""
        for _, callback in list(self.callbacks):
            app.main.add(callback)


class ViewState:
    """A view: a tab, or a part of a panel (then it has an `element`)."""

    def __init__(self, window: WindowState, element: str | None = None, file: str | None = None) -> None:
        self.id = app.new_id()
        self.window: WindowState | None = window
        self.element, self.file, self.name, self.buffer = element, file, "", self.id
        self.transient = self.scratch = self.read_only = self.loading = False
        self.text, self.undo = "", []  # type: ignore[var-annotated]
        self.caret = (0, 0)
        self.status: dict[str, str] = {}
        self.settings = SettingsState()
        self.popup: dict[str, Any] | None = None
        app.views[self.id] = self

    def write(self, text: str) -> None:
        """Have another text."""
        if self.text and self.text != text:
            self.undo.append(self.text)
        self.text = text
        self.caret = (len(text), len(text))


class WindowState:
    """A window with its views, sheets of HTML and panels; one that is closed has none, and forgets all."""

    def __init__(self, *, is_open: bool = True) -> None:
        self.id = app.new_id() if is_open else 0
        self.views: list[ViewState] = []
        self.active: ViewState | None = None
        self.html: list[dict[str, Any]] = []
        self.quick: dict[str, Any] | None = None
        self.input: dict[str, Any] | None = None
        self.input_view: ViewState | None = None
        self.outputs: dict[str, ViewState] = {}
        self.panel: str | None = None
        self.settings = SettingsState()
        if is_open:
            app.windows.append(self)


class Application:
    """There is one, `app`."""

    def __init__(self) -> None:
        self.data = ""
        self.ready = self.shut = False
        self.ids = 0
        self.windows: list[WindowState] = []
        self.views: dict[int, ViewState] = {}
        self.settings: dict[str, SettingsState] = {}
        self.faults: list[str] = []
        self.said: list[str] = []  # in the status bar
        self.dialogs: list[dict[str, Any]] = []
        self.commands: list[Any] = []  # what was run, as `log_commands` would say it
        self.watch = Watch()
        self.main = Loop(self.run)
        self.beside = Loop(self.run)
        self.loading: str | None = None

    def new_id(self) -> int:
        """One that nobody else has."""
        self.ids += 1
        return self.ids

    # rules

    def check(self, name: str, where: str) -> None:
        """Refuse a call from the wrong thread, or at the wrong time."""
        if where == "always":
            return
        here = threading.current_thread()
        if self.shut:
            self.refuse(f"{name}() after the API has shut down")
        if not self.ready or self.loading is not None:
            self.refuse(f"{name}() while {self.loading or 'something'} is imported")
        if where == "anywhere" or here is self.main.thread:
            return
        if where != "queues" or here is not self.beside.thread:
            self.refuse(f"{name}() on the thread {here.name!r}")

    def refuse(self, text: str) -> None:
        """This is a fault, whatever the plugin makes of it."""
        calls = [each for each in traceback.extract_stack() if "sublime_host" not in each.filename]
        place = f" ({os.path.basename(calls[-1].filename)}:{calls[-1].lineno})" if calls else ""
        self.faults.append(f"{text}{place}")
        raise BadCall(text)

    def run(self, callback: Callback, phase: str = "callback") -> Any:
        """Run code of a plugin; what it lets through is printed, as Sublime does."""
        on_main = threading.current_thread() is self.main.thread
        before, self.watch.phase = self.watch.phase, phase if on_main else self.watch.phase
        try:
            return callback()
        except Exception:  # noqa: BLE001
            self.stumble()
            return None
        finally:
            if on_main:
                self.watch.phase = before

    def stumble(self) -> None:
        """An exception that nobody has caught."""
        text = traceback.format_exc()
        self.faults.append(text)
        print(text, file=sys.stderr, flush=True)

    # settings

    def load_settings(self, name: str) -> SettingsState:
        """The one of this name; from the packages first, then from the person's own."""
        if name not in self.settings:
            self.settings[name] = SettingsState(*self.read_settings(name))
        return self.settings[name]

    def read_settings(self, name: str) -> list[dict[str, Any]]:
        """Its layers, as the files are now."""
        base = name[: -len(".sublime-settings")]
        names = [name, f"{base} ({PLATFORM[platform()]}).sublime-settings"]
        layers = []
        for package in [*(each for each in self.packages() if each != "User"), "User"]:
            for each in names:
                text = self.resource(f"Packages/{package}/{each}")
                if text is not None:
                    layers.append(self.decode(text.decode(), f"{package}/{each}"))
        return layers

    def decode(self, text: str, name: str) -> Any:
        """The values in a settings file; one that is broken counts as empty, with a word about it."""
        try:
            return decode(text)
        except ValueError as error:
            print(f"Error trying to parse {name}: {error}", file=sys.stderr, flush=True)
            return {}

    def settings_file_changed(self, name: str) -> None:
        """Read it again and tell."""
        state = self.load_settings(name)
        state.layers = self.read_settings(name)
        state.changed()

    # packages

    def packages(self) -> list[str]:
        """Their names."""
        loose = os.listdir(os.path.join(self.data, "Packages"))
        zipped = [each[: -len(".sublime-package")] for each in os.listdir(self.installed())]
        return sorted({*loose, *zipped})

    def installed(self) -> str:
        """The folder of packages in one file."""
        return os.path.join(self.data, "Installed Packages")

    def resource(self, name: str) -> bytes | None:
        """A file of a package, loose or in its archive."""
        import zipfile

        path = os.path.join(self.data, name)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                return file.read()
        _, package, inner = name.split("/", 2)
        archive = os.path.join(self.installed(), f"{package}.sublime-package")
        if os.path.isfile(archive):
            with zipfile.ZipFile(archive) as whole:
                if inner in whole.namelist():
                    return whole.read(inner)
        return None

    # windows and views

    def tell(self, event: str, *args: Any) -> None:
        """Call the listeners: at once, and then those beside."""
        import sublime_plugin

        for listener in list(sublime_plugin.listeners):
            for name, run in ((event, self._now), (f"{event}_async", self.beside.add)):
                method = getattr(listener, name, None)
                if method is not None:
                    run(_bound(method, args))

    def _now(self, callback: Callback) -> None:
        self.run(callback, "listener")

    @property
    def window(self) -> WindowState:
        """The one that was used last; on macOS there may be none."""
        return self.windows[-1] if self.windows else WindowState(is_open=False)

    def activate(self, view: ViewState | None) -> None:
        """Give a view the focus."""
        import sublime

        window = self.window if view is None else view.window
        before = self.window.active
        assert window is not None
        if window not in self.windows:
            return
        self.windows.remove(window)
        self.windows.append(window)
        if before is not None and before is not view and before.id in self.views:
            self.tell("on_deactivated", sublime.View(before.id))
        if view is not None and view.element is None:
            window.active = view
        if view is not None:
            self.tell("on_activated", sublime.View(view.id))

    def close(self, view: ViewState) -> None:
        """Close a view."""
        import sublime

        self.tell("on_pre_close", sublime.View(view.id))
        window = view.window
        assert window is not None
        self.hide_popup(view)
        window.views.remove(view)
        del self.views[view.id]
        view.window = None
        self.tell("on_close", sublime.View(view.id))
        if window.active is view:
            window.active = None
            if window.views:
                self.activate(window.views[-1])

    def hide_popup(self, view: ViewState) -> None:
        """Take away what hovers over a view."""
        popup, view.popup = view.popup, None
        if popup is not None and popup["on_hide"] is not None:
            self.run(popup["on_hide"])

    def leave_session(self) -> None:
        """Write down all that could be written down."""
        views = [
            {"text": each.text, "undo": each.undo, "settings": each.settings.own, "status": each.status}
            for each in self.views.values()
        ]
        session = {"views": views, "commands": self.commands}
        with open(os.path.join(self.data, "Local", "Session.sublime_session"), "w", encoding="utf-8") as file:
            json.dump(session, file, default=repr)


def _bound(method: Callable[..., Any], args: Any) -> Callback:
    return lambda: method(*args)


def platform() -> str:
    """As Sublime calls it."""
    return {"darwin": "osx", "win32": "windows"}.get(sys.platform, "linux")


_COMMENTS = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_COMMAS = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])')


def decode(text: str) -> Any:
    """Sublime's JSON, with comments and commas too many."""
    for superfluous in (_COMMENTS, _COMMAS):
        text = superfluous.sub(lambda found: found[1] or "", text)
    return json.loads(text) if text.strip() else {}


app = Application()
