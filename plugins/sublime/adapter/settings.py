"""The settings of this package. All but the adapter's own are the core's, and only the core knows them."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

import sublime

FILE = "OpenCredits.sublime-settings"
TAG = "opencredits"
FAULT = '"{}" in {} must be {}.'


class Settings(NamedTuple):
    """As they are at one moment."""

    enabled: bool
    command: list[str]  # empty: the core is found by itself
    demo: bool
    core: dict[str, Any]
    faults: list[str]  # what cannot be used; its default is taken


def read() -> Settings:
    """The settings as they are now."""
    given = {
        name: value for name, value in sublime.load_settings(FILE).to_dict().items() if value is not None
    }
    faults: list[str] = []

    def take(name: str, default: Any, is_usable: Callable[[Any], bool], allowed: str) -> Any:
        value = given.pop(name, default)
        if is_usable(value):
            return value
        faults.append(FAULT.format(name, FILE, allowed))
        return default

    enabled = take("enabled", True, _is_switch, "true or false")
    command = take("command", [], _is_command, "a text or a list of texts")
    demo = take("demo", False, _is_switch, "true or false")
    return Settings(enabled, command if isinstance(command, list) else [command], demo, given, faults)


def watch(changed: Callable[[], None]) -> None:
    """Call this whenever they may have changed."""
    sublime.load_settings(FILE).add_on_change(TAG, changed)


def unwatch() -> None:
    """Call nothing any more."""
    sublime.load_settings(FILE).clear_on_change(TAG)


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)


def _is_command(value: Any) -> bool:
    words = value if isinstance(value, list) else [value]
    return all(isinstance(word, str) and word for word in words)
