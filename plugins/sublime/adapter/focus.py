"""Tells where the person is: on gaining and losing focus, and at the first input after a while without."""

from __future__ import annotations

import time
from typing import Callable

import sublime

from .bridge import Json
from .threads import Timer

A_WHILE = 30  # seconds
MOVING = 200  # milliseconds in which another view of this editor may gain the focus that one has lost


class Focus:
    """Sublime knows focus of views alone: the editor has lost it when no other view gains it at once."""

    def __init__(self, notify: Callable[[str, Json], None]) -> None:
        self._notify = notify
        self._is_here = True  # who has just started this editor is in it
        self._leaving = Timer()
        self._last_input = float("-inf")

    def gained(self) -> None:
        """A view has it."""
        self._leaving.cancel()
        if not self._is_here:
            self._tell(focused=True)

    def lost(self) -> None:
        """A view has lost it."""
        self._leaving.start(MOVING, lambda: self._tell(focused=False))

    def input(self, view: sublime.View) -> None:
        """The caret has moved in a view; another package may have moved it in one where the person is not."""
        now = time.monotonic()
        if now - self._last_input >= A_WHILE and view == sublime.active_window().active_view():
            self._tell(focused=True)
        self._last_input = now

    def begin(self) -> None:
        """A core that has just started was told nothing."""
        if self._is_here and sublime.active_window().is_valid():
            self._tell(focused=True)

    def stop(self) -> None:
        """Tell nothing any more."""
        self._leaving.cancel()

    def _tell(self, *, focused: bool) -> None:
        self._is_here = focused
        self._notify("focus", {"focused": focused})
