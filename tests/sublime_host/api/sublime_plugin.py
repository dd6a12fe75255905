"""The module `sublime_plugin`: the classes of plugins, and those that are there at the moment."""

from __future__ import annotations

import re
import types
from typing import Any

import sublime
from application import app

commands: dict[str, type[Command]] = {}
listeners: list[EventListener] = []
_instances: dict[tuple[type[Command], int], Command] = {}


class Command:
    def name(self) -> str:
        words = re.findall(r"[A-Z][a-z0-9]*", type(self).__name__)
        return "_".join(word.lower() for word in words if word != "Command")

    def is_enabled(self) -> bool:
        return True

    def is_visible(self) -> bool:
        return True

    def is_checked(self) -> bool:
        return False

    def description(self) -> str | None:
        return None

    def want_event(self) -> bool:
        return False


class ApplicationCommand(Command):
    pass


class WindowCommand(Command):
    def __init__(self, window: sublime.Window) -> None:
        self.window = window


class TextCommand(Command):
    def __init__(self, view: sublime.View) -> None:
        self.view = view


class EventListener:
    pass


class ViewEventListener:
    pass


def register(module: types.ModuleType) -> None:
    """Take over the classes that a plugin holds at its top."""
    for value in list(vars(module).values()):
        if not isinstance(value, type) or value.__module__ == __name__:
            continue
        if issubclass(value, Command):
            commands[_name(value)] = value
        elif issubclass(value, EventListener):
            listeners.append(value())
        elif issubclass(value, ViewEventListener):
            app.refuse("a ViewEventListener, which this host does not have")
    module.__plugins__ = True


def _name(kind: type[Command]) -> str:
    return kind.name(kind.__new__(kind))


def forget(module: types.ModuleType) -> None:
    """Let go of these classes."""
    ours = [value for value in vars(module).values() if isinstance(value, type)]
    for name in [name for name, kind in commands.items() if kind in ours]:
        del commands[name]
    for key in [key for key in _instances if key[0] in ours]:
        del _instances[key]
    listeners[:] = [each for each in listeners if type(each) not in ours]


def tell_of_views(module: types.ModuleType) -> None:
    """What its listeners hear first: which views there are, and which one has the focus."""
    views = [sublime.View(each.id) for each in app.views.values() if each.element is None]
    for listener in [each for each in listeners if type(each) in vars(module).values()]:
        method = getattr(listener, "on_init", None)
        if method is not None:
            app.run(lambda method=method: method(views), "listener")


def find(name: str, window: Any, view: Any) -> Command | None:
    """The command of this name, for a window or a view."""
    kind = commands.get(name)
    if kind is None:
        return None
    if issubclass(kind, TextCommand):
        return _instance(kind, view.id, sublime.View(view.id)) if view is not None else None
    if issubclass(kind, WindowCommand):
        return _instance(kind, window.id, sublime.Window(window.id))
    return _instance(kind, 0)


def _instance(kind: type[Command], number: int, *args: Any) -> Command:
    if (kind, number) not in _instances:
        _instances[kind, number] = kind(*args)
    return _instances[kind, number]
