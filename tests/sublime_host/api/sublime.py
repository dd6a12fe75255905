"""The module `sublime`: signatures as documented, see `__main__.py` for what is refused."""

from __future__ import annotations

import enum
import functools
import html
import json
import os
from typing import Any, Callable, Iterator

import application
import page
from application import SettingsState, ViewState, WindowState, app


class NewFileFlags(enum.IntFlag):
    NONE = 0
    ENCODED_POSITION = 1
    TRANSIENT = 4
    FORCE_GROUP = 8
    SEMI_TRANSIENT = 16
    ADD_TO_SELECTION = 32
    REPLACE_MRU = 64
    CLEAR_TO_RIGHT = 128
    FORCE_CLONE = 256


class QuickPanelFlags(enum.IntFlag):
    NONE = 0
    MONOSPACE_FONT = 1
    KEEP_OPEN_ON_FOCUS_LOST = 2
    WANT_EVENT = 4


class PopupFlags(enum.IntFlag):
    NONE = 0
    COOPERATE_WITH_AUTO_COMPLETE = 2
    HIDE_ON_MOUSE_MOVE = 4
    HIDE_ON_MOUSE_MOVE_AWAY = 8
    KEEP_ON_SELECTION_MODIFIED = 16
    HIDE_ON_CHARACTER_EVENT = 32


ENCODED_POSITION = NewFileFlags.ENCODED_POSITION
TRANSIENT = NewFileFlags.TRANSIENT
MONOSPACE_FONT = QuickPanelFlags.MONOSPACE_FONT
KEEP_OPEN_ON_FOCUS_LOST = QuickPanelFlags.KEEP_OPEN_ON_FOCUS_LOST
COOPERATE_WITH_AUTO_COMPLETE = PopupFlags.COOPERATE_WITH_AUTO_COMPLETE
HIDE_ON_MOUSE_MOVE = PopupFlags.HIDE_ON_MOUSE_MOVE
HIDE_ON_MOUSE_MOVE_AWAY = PopupFlags.HIDE_ON_MOUSE_MOVE_AWAY
KEEP_ON_SELECTION_MODIFIED = PopupFlags.KEEP_ON_SELECTION_MODIFIED
KIND_AMBIGUOUS = (0, "", "")


def _allowed(where: str) -> Callable[[Any], Any]:
    """Refuse the call elsewhere: "always", "anywhere" (any thread), "queues" (main and async), "main"."""

    def decorate(function: Any) -> Any:
        @functools.wraps(function)
        def checked(*args: Any, **kwargs: Any) -> Any:
            app.check(function.__qualname__, where)
            return function(*args, **kwargs)

        return checked

    return decorate


_always, _anywhere, _queues, _main = map(_allowed, ("always", "anywhere", "queues", "main"))


@_always
def version() -> str:
    return "4200"


@_always
def platform() -> str:
    return application.platform()


@_always
def arch() -> str:
    return "x64"


@_always
def channel() -> str:
    return "stable"


@_always
def executable_path() -> str:
    return "/usr/lib/sublime_text/sublime_text"


@_always
def packages_path() -> str:
    return os.path.join(app.data, "Packages")


@_always
def installed_packages_path() -> str:
    return app.installed()


@_always
def cache_path() -> str:
    return os.path.join(app.data, "Cache")


# queues


@_anywhere
def set_timeout(callback: Callable[[], object], delay: int = 0) -> None:
    app.main.add(callback, delay)


@_anywhere
def set_timeout_async(callback: Callable[[], object], delay: int = 0) -> None:
    app.beside.add(callback, delay)


# the application


@_queues
def status_message(msg: str) -> None:
    app.said.append(_text(msg))


def _text(value: Any) -> str:
    """What is handed to the application has to be a string that can be encoded."""
    if not isinstance(value, str):
        app.refuse(f"{value!r} in place of a string")
    value.encode()
    return value


def _stop_everything(kind: str, text: str) -> None:
    app.dialogs.append({"kind": kind, "text": _text(text), "phase": app.watch.phase})


@_main
def error_message(msg: str) -> None:
    _stop_everything("error", msg)


@_main
def message_dialog(msg: str) -> None:
    _stop_everything("message", msg)


@_main
def ok_cancel_dialog(msg: str, ok_title: str = "", title: str = "") -> bool:
    _stop_everything("ok_cancel", msg)
    return False


@_queues
def load_settings(base_name: str) -> Settings:
    app.load_settings(base_name)
    return Settings(base_name)


@_main
def run_command(cmd: str, args: dict[str, Any] | None = None) -> None:
    page.run(app.window, None, cmd, args)


@_queues
def command_url(cmd: str, args: dict[str, Any] | None = None) -> str:
    return html.escape(f"subl:{cmd} {json.dumps(args)}" if args else f"subl:{cmd}")


@_queues
def active_window() -> Window:
    return Window(app.window.id)


@_queues
def windows() -> list[Window]:
    return [Window(each.id) for each in app.windows]


class _Handle:
    """A number that stands for something of the application, which may be gone."""

    def __init__(self, id: int) -> None:
        self._id = id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and other._id == self._id

    def __hash__(self) -> int:
        return hash(self._id)

    def __bool__(self) -> bool:
        return bool(self._id)

    def id(self) -> int:
        return self._id


class Window(_Handle):
    """Of one that is closed nothing is known, and nothing happens to it, as in Sublime."""

    def _state(self) -> WindowState:
        for each in app.windows:
            if each.id == self._id:
                return each
        return WindowState(is_open=False)

    @_queues
    def is_valid(self) -> bool:
        return any(each.id == self._id for each in app.windows)

    @_queues
    def active_view(self) -> View | None:
        active = self._state().active
        return View(active.id) if active is not None else None

    @_queues
    def active_sheet(self) -> Sheet | None:
        state = self._state()
        if state.html and state.html[-1]["active"]:
            return HtmlSheet(state.html[-1]["id"])
        return TextSheet(state.active.id) if state.active is not None else None

    @_queues
    def views(self, *, include_transient: bool = False) -> list[View]:
        return [View(each.id) for each in self._state().views if include_transient or not each.transient]

    @_queues
    def settings(self) -> Settings:
        return Settings(self._state().settings)

    @_queues
    def status_message(self, msg: str) -> None:
        app.said.append(_text(msg))

    @_queues
    def active_panel(self) -> str | None:
        return self._state().panel

    @_main
    def new_file(self, flags: NewFileFlags = NewFileFlags.NONE, syntax: str = "") -> View:
        return View(page.open_view(self._state(), None, bool(flags & NewFileFlags.TRANSIENT)).id)

    @_main
    def open_file(self, fname: str, flags: NewFileFlags = NewFileFlags.NONE, group: int = -1) -> View:
        return View(page.open_view(self._state(), fname, bool(flags & NewFileFlags.TRANSIENT)).id)

    @_queues
    def find_open_file(self, fname: str, group: int = -1) -> View | None:
        found = [each for each in self._state().views if each.file == fname]
        return View(found[0].id) if found else None

    @_main
    def new_html_sheet(
        self, name: str, contents: str, flags: NewFileFlags = NewFileFlags.NONE, group: int = -1
    ) -> Sheet:
        sheet = {"id": app.new_id(), "name": name, "html": page.check(contents), "active": True}
        self._state().html.append(sheet)
        return HtmlSheet(sheet["id"])

    @_main
    def focus_view(self, view: View) -> None:
        app.activate(view._state())

    @_main
    def create_output_panel(self, name: str, unlisted: bool = False) -> View:
        state = self._state()
        if name not in state.outputs:
            state.outputs[name] = ViewState(state, "output:output")
        return View(state.outputs[name].id)

    @_queues
    def find_output_panel(self, name: str) -> View | None:
        found = self._state().outputs.get(name)
        return View(found.id) if found is not None else None

    @_main
    def destroy_output_panel(self, name: str) -> None:
        state = self._state()
        view = state.outputs.pop(name, None)
        if view is not None:
            del app.views[view.id]
        if state.panel == f"output.{name}":
            state.panel = None

    @_main
    def run_command(self, cmd: str, args: dict[str, Any] | None = None) -> None:
        page.run(self._state(), None, cmd, args)

    @_main
    def show_input_panel(
        self,
        caption: str,
        initial_text: str,
        on_done: Callable[[str], None] | None,
        on_change: Callable[[str], None] | None,
        on_cancel: Callable[[], None] | None,
    ) -> View:
        state = self._state()
        if state.input is not None:
            page.leave_input(state)
        if state.input_view is None:
            state.input_view = ViewState(state, "input:input")
        state.input_view.write(_text(initial_text))
        state.input = {"caption": _text(caption), "done": on_done, "change": on_change, "cancel": on_cancel}
        state.panel = "input"
        app.main.add(lambda: app.activate(state.input_view))
        return View(state.input_view.id)

    @_main
    def show_quick_panel(
        self,
        items: list[Any],
        on_select: Callable[[int], None],
        flags: QuickPanelFlags = QuickPanelFlags.NONE,
        selected_index: int = -1,
        on_highlight: Callable[[int], None] | None = None,
        placeholder: str | None = None,
    ) -> None:
        state = self._state()
        if state.quick is not None:
            page.choose(state, -1)
        rows = [_row(item) for item in items]
        state.quick = {"rows": rows, "select": on_select, "placeholder": placeholder or ""}


def _row(item: Any) -> dict[str, Any]:
    """Only the trigger and the annotation are plain text; details are minihtml."""
    if isinstance(item, QuickPanelItem):
        details = [item.details] if isinstance(item.details, str) else list(item.details)
        texts = [page.check(each, page.INLINE) for each in details]
        return {"trigger": _text(item.trigger), "details": texts, "annotation": _text(item.annotation)}
    first, *others = [item] if isinstance(item, str) else item
    return {"trigger": _text(first), "details": [_text(each) for each in others], "annotation": ""}


class Sheet(_Handle):
    @_queues
    def window(self) -> Window | None:
        for each in app.windows:
            if any(sheet["id"] == self._id for sheet in each.html) or any(
                view.id == self._id for view in each.views
            ):
                return Window(each.id)
        return None

    @_queues
    def view(self) -> View | None:
        return View(self._id) if self._id in app.views else None

    @_main
    def close(self, on_close: Callable[[bool], None] = lambda closed: None) -> None:
        for window in app.windows:
            window.html = [each for each in window.html if each["id"] != self._id]
        if self._id in app.views:
            app.close(app.views[self._id])
        on_close(True)


class TextSheet(Sheet):
    pass


class HtmlSheet(Sheet):
    @_main
    def set_name(self, name: str) -> None:
        self._sheet()["name"] = name

    @_main
    def set_contents(self, contents: str) -> None:
        self._sheet()["html"] = page.check(contents)

    def _sheet(self) -> dict[str, Any]:
        sheets = [sheet for window in app.windows for sheet in window.html if sheet["id"] == self._id]
        return sheets[0] if sheets else {}


class Region:
    def __init__(self, a: int, b: int | None = None, xpos: float = -1) -> None:
        self.a, self.b, self.xpos = a, a if b is None else b, xpos

    def contains(self, x: Any) -> bool:
        first, last = (x.begin(), x.end()) if isinstance(x, Region) else (x, x)
        return self.begin() <= first and last <= self.end()

    def begin(self) -> int:
        return min(self.a, self.b)

    def end(self) -> int:
        return max(self.a, self.b)


class Selection:
    def __init__(self, id: int) -> None:
        self.view_id = id

    def _regions(self) -> list[Region]:
        state = View(self.view_id)._state()
        return [Region(*state.caret)]

    @_queues
    def __iter__(self) -> Iterator[Region]:
        return iter(self._regions())

    @_queues
    def __len__(self) -> int:
        return 1

    @_queues
    def __getitem__(self, index: int) -> Region:
        return self._regions()[index]


class Edit:
    def __init__(self, token: int) -> None:
        self.edit_token = token


class View(_Handle):
    """Of one that is closed nothing is known, and nothing happens to it, as in Sublime."""

    def _state(self) -> ViewState:
        state = app.views.get(self._id)
        return state if state is not None else ViewState.__new__(_Closed)

    @_queues
    def is_valid(self) -> bool:
        return self._id in app.views

    @_queues
    def element(self) -> str | None:
        return self._state().element

    @_queues
    def window(self) -> Window | None:
        window = self._state().window
        return Window(window.id) if window is not None else None

    @_queues
    def sheet(self) -> Sheet | None:
        return TextSheet(self._id) if self._state().element is None else None

    @_queues
    def buffer_id(self) -> int:
        return self._state().buffer

    @_queues
    def is_primary(self) -> bool:
        return self._state().buffer == self._id

    @_queues
    def clones(self) -> list[View]:
        buffer = self._state().buffer
        return [View(each.id) for each in app.views.values() if each.buffer == buffer and each.id != self._id]

    @_queues
    def file_name(self) -> str | None:
        return self._state().file

    @_queues
    def name(self) -> str:
        return self._state().name

    @_queues
    def is_loading(self) -> bool:
        return self._state().loading

    @_queues
    def size(self) -> int:
        return len(self._state().text)

    @_queues
    def substr(self, x: Any) -> str:
        text = self._state().text
        return text[x.begin() : x.end()] if isinstance(x, Region) else text[x : x + 1]

    @_queues
    def sel(self) -> Selection:
        return Selection(self._id)

    @_queues
    def visible_region(self) -> Region:
        return Region(0, len(self._state().text))

    @_queues
    def settings(self) -> Settings:
        return Settings(self._state().settings)

    @_queues
    def set_status(self, key: str, value: str) -> None:
        self._state().status[key] = _text(value)
        if not value:
            del self._state().status[key]

    @_queues
    def get_status(self, key: str) -> str:
        return self._state().status.get(key, "")

    @_queues
    def erase_status(self, key: str) -> None:
        self._state().status.pop(key, None)

    @_main
    def set_name(self, name: str) -> None:
        self._state().name = _text(name)

    @_main
    def set_scratch(self, scratch: bool) -> None:
        self._state().scratch = scratch

    @_main
    def set_read_only(self, read_only: bool) -> None:
        self._state().read_only = read_only

    @_main
    def close(self, on_close: Callable[[bool], None] = lambda closed: None) -> bool:
        if self._id not in app.views:
            return False
        app.close(self._state())
        on_close(True)
        return True

    @_main
    def run_command(self, cmd: str, args: dict[str, Any] | None = None) -> None:
        state = self._state()
        if state.window is not None:
            page.run(state.window, state, cmd, args)

    @_main
    def insert(self, edit: Edit, pt: int, text: str) -> int:
        state = self._state()
        state.write(state.text[:pt] + text + state.text[pt:])
        return len(text)

    @_main
    def erase(self, edit: Edit, region: Region) -> None:
        self.replace(edit, region, "")

    @_main
    def replace(self, edit: Edit, region: Region, text: str) -> None:
        state = self._state()
        state.write(state.text[: region.begin()] + text + state.text[region.end() :])

    @_main
    def clear_undo_stack(self) -> None:
        self._state().undo.clear()

    @_main
    def show_popup(
        self,
        content: str,
        flags: PopupFlags = PopupFlags.NONE,
        location: int = -1,
        max_width: float = 320,
        max_height: float = 240,
        on_navigate: Callable[[str], None] | None = None,
        on_hide: Callable[[], None] | None = None,
    ) -> None:
        state = self._state()
        if state.element is not None:
            app.refuse("a popup over a part of a panel")
        app.hide_popup(state)
        state.popup = {"html": page.check(content), "on_navigate": on_navigate, "on_hide": on_hide}

    @_main
    def update_popup(self, content: str) -> None:
        popup = self._state().popup
        if popup is not None:
            popup["html"] = page.check(content)

    @_queues
    def is_popup_visible(self) -> bool:
        return self._state().popup is not None

    @_main
    def hide_popup(self) -> None:
        app.hide_popup(self._state())


class _Closed(ViewState):
    """What a closed view is."""

    def __getattr__(self, name: str) -> Any:
        if name in {"status", "undo"}:
            return {} if name == "status" else []
        if name == "settings":
            return SettingsState()
        return {"text": "", "name": "", "id": 0, "buffer": 0, "caret": (0, 0), "loading": False}.get(name)


class Settings:
    def __init__(self, id: Any) -> None:
        self.settings_id = id

    def _state(self) -> SettingsState:
        return app.settings[self.settings_id] if isinstance(self.settings_id, str) else self.settings_id

    @_queues
    def get(self, key: str, default: Any = None) -> Any:
        # By way of JSON: what a plugin does to a value that it was given, nobody else sees.
        return json.loads(json.dumps(self._state().all().get(key, default)))

    @_queues
    def has(self, key: str) -> bool:
        return key in self._state().all()

    @_queues
    def to_dict(self) -> dict[str, Any]:
        return json.loads(json.dumps(self._state().all()))

    @_queues
    def set(self, key: str, value: Any) -> None:
        self._state().own[key] = value
        self._state().changed()

    @_queues
    def erase(self, key: str) -> None:
        self._state().own.pop(key, None)
        self._state().changed()

    @_queues
    def add_on_change(self, tag: str, callback: Callable[[], None]) -> None:
        self._state().callbacks.append((tag, callback))

    @_queues
    def clear_on_change(self, tag: str) -> None:
        state = self._state()
        state.callbacks = [each for each in state.callbacks if each[0] != tag]

    __getitem__, __setitem__, __delitem__, __contains__ = get, set, erase, has  # noqa: A003


class QuickPanelItem:
    def __init__(
        self,
        trigger: str,
        details: Any = "",
        annotation: str = "",
        kind: tuple[int, str, str] = KIND_AMBIGUOUS,
    ) -> None:
        self.trigger, self.details, self.annotation, self.kind = trigger, details, annotation, kind
