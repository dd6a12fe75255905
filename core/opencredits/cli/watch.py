"""`opencredits watch`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from ..status import Status
from .app import App, pass_app
from .status import COLOURS

if TYPE_CHECKING:
    from rich.panel import Panel

_EVERY = 1.0
_KEYS_AGAIN = 60


@click.command()
@pass_app
def watch(app: App) -> None:
    """Stay, and show every change until Ctrl-C.

    On a terminal the status is redrawn in place; elsewhere each new status line is printed once.
    """
    settings = replace(app.config.settings, show_in_status_bar=True)
    app.monitor.show(replace(app.config, settings=settings))
    redraw(changes(app))


def changes(app: App) -> Iterator[Status]:
    """Each status that differs from the one before."""
    shown = None
    for turn in _forever():
        if turn % _KEYS_AGAIN == 0:
            app.monitor.find_keys()
        app.monitor.poll_if_due()
        status = app.monitor.status()
        if status != shown:
            shown = status
            yield status


def redraw(statuses: Iterator[Status], title: Callable[[], str] = str) -> None:
    """Show each status as it comes: in place on a terminal, else line by line."""
    if not sys.stdout.isatty():
        heading, text = "", ""
        for status in statuses:
            if title() != heading:
                heading = title()
                click.echo(f"# {heading}")
            if status.text != text:
                text = status.text
                click.echo(text)
        return
    from rich.live import Live

    with Live(auto_refresh=False) as live:
        for status in statuses:
            live.update(_panel(status, title()), refresh=True)


def _panel(status: Status, title: str) -> Panel:
    from rich.panel import Panel
    from rich.text import Text

    colour = COLOURS[status.level]
    body = Text(status.text, style=f"bold {colour}")
    body.append(f"\n\n{status.tooltip_text}", style="not bold default")
    return Panel(body, title=title or None, border_style=colour, width=78)


def _forever() -> Iterator[int]:
    turn = 0
    while True:
        yield turn
        turn += 1
        time.sleep(_EVERY)
