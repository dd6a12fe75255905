"""Opening a page in the person's browser."""

from __future__ import annotations

from . import message
from .threads import in_background, on_main

NO_BROWSER = "No browser could be opened. The page is {}"


def open_page(url: str) -> None:
    """Open it, or say where it is."""
    in_background(_open, url)


def _open(url: str) -> None:
    import webbrowser  # it takes its time, and then looks for browsers

    if not webbrowser.open(url):
        on_main(message.problem, NO_BROWSER.format(url))
