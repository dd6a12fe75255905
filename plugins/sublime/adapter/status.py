"""What is shown: the same text in every view."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any, Iterator

import sublime

from . import paths
from .bridge import Json
from .threads import Timer, in_background, on_main

KEY = "opencredits"
LOOK_AGAIN = 5000  # milliseconds


class StatusBar:
    """The newest status, and its text in all views."""

    def __init__(self) -> None:
        self.newest: Json | None = None
        self.text = ""
        self._aging = Timer()
        self._is_loading = False

    def take(self, status: Any) -> None:
        """Show what the core says; it will say when that has become old."""
        if not _is_status(status):
            return
        self._aging.cancel()
        self._is_loading = False
        self.newest = status
        self._show(status["text"] if status.get("visible") else "")

    def leave_alone(self) -> None:
        """No core is there to say more: what is shown now becomes old by itself."""
        status = self.newest
        self._aging.cancel()
        if not status or not status.get("visible"):
            return
        if _is_old(status):
            self._show(status.get("stale_text") or status["text"])
        else:
            self._aging.start(LOOK_AGAIN, self.leave_alone)

    def load(self) -> None:
        """Show what was stored last, unless the core says something before."""
        self._is_loading = True
        in_background(self._read)

    def hide(self) -> None:
        """Show nothing."""
        self._aging.cancel()
        self._is_loading = False
        self.newest = None
        self._show("")

    def show_in(self, view: sublime.View) -> None:
        """Show it in a view that is new, or may be; not in one that is the inside of a panel."""
        if view.element() is None:
            self._put(view)

    def _put(self, view: sublime.View) -> None:
        if self.text:
            view.set_status(KEY, self.text)
        else:
            view.erase_status(KEY)

    def _read(self) -> None:
        status = paths.read_json(paths.status())
        if self._is_loading:
            on_main(self._take_stored, status)

    def _take_stored(self, status: Any) -> None:
        if self._is_loading:
            self.take(status)
            self.leave_alone()

    def _show(self, text: str) -> None:
        self.text = re.sub(r"[\x00-\x1f\x7f]+", " ", text).strip()
        for view in _all_views():
            self._put(view)


def _all_views() -> Iterator[sublime.View]:
    for window in sublime.windows():
        yield from window.views(include_transient=True)


def _is_status(value: Any) -> bool:
    return (
        isinstance(value, dict) and isinstance(value.get("text"), str) and isinstance(value.get("level"), str)
    )


def _is_old(status: Json) -> bool:
    # Both are ISO 8601 in UTC to the second, so that they compare as text.
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return bool(status.get("stale_at")) and status["stale_at"] <= now
