"""The log of the core: a file."""

from __future__ import annotations

import os

import sublime

from . import message, paths
from .threads import in_background, on_main

NONE_YET = "The core has noted nothing so far ({})."


def show() -> None:
    """Open it, if there is one."""
    in_background(_find)


def _find() -> None:
    path = paths.log()
    if os.path.isfile(path):
        on_main(_open, path)
    else:
        on_main(message.info, NONE_YET.format(path))


def _open(path: str) -> None:
    sublime.active_window().open_file(path).set_read_only(True)
