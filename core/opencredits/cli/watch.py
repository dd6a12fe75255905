"""`opencredits watch`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from ..moment import show_clock
from ..monitor import Monitor
from ..status import Status
from ..store import Alert
from .app import App, pass_app
from .status import COLOURS

if TYPE_CHECKING:
    from rich.panel import Panel

_EVERY = 1.0
_KEYS_AGAIN = 60
_MOST_ALERTS = 3
_COLOURS_OF_ALERTS = {"info": "green", "warn": "yellow", "error": "red"}


@click.command()
@pass_app
def watch(app: App) -> None:
    """Stay, and show every change and every alert until Ctrl-C.

    On a terminal the status is redrawn in place; elsewhere each new status line and alert is printed once.
    """
    settings = replace(app.config.settings, show_in_status_bar=True)
    app.monitor.show(replace(app.config, settings=settings))
    redraw(looks(app), app.monitor)


def looks(app: App) -> Iterator[Status]:
    """The status, every second."""
    for turn in _forever():
        if turn % _KEYS_AGAIN == 0:
            app.monitor.find_keys()
        app.monitor.poll_if_due()
        yield app.monitor.status()


def redraw(statuses: Iterator[Status], monitor: Monitor, title: Callable[[], str] = str) -> None:
    """Show each status that differs, and each alert: in place on a terminal, else line by line."""
    if sys.stdout.isatty():
        _redraw_in_place(statuses, monitor, title)
        return
    heading, text = "", ""
    for status in statuses:
        if title() != heading:
            heading = title()
            click.echo(f"# {heading}")
        if status.text != text:
            text = status.text
            click.echo(text)
        for alert in _new_alerts(monitor):
            click.echo(f"! {_said(alert)}")


def _redraw_in_place(statuses: Iterator[Status], monitor: Monitor, title: Callable[[], str]) -> None:
    from rich.live import Live

    shown: object = None
    alerts: list[Alert] = []
    with Live(auto_refresh=False) as live:
        for status in statuses:
            alerts = [*_new_alerts(monitor)[::-1], *alerts][:_MOST_ALERTS]
            if shown != (status, title(), alerts):
                shown = (status, title(), alerts)
                now = monitor.now().astimezone()
                live.update(_panel(status, title(), alerts, now), refresh=True)


def _new_alerts(monitor: Monitor) -> list[Alert]:
    """Those that are this terminal's to show; an editor that the person is in has them first."""
    now = monitor.now()
    alerts = monitor.store.alerts.claim(now)
    for alert in alerts:
        monitor.store.alerts.shown(alert.id, now)
    return alerts


def _said(alert: Alert) -> str:
    return f"{alert.title}. {alert.message}".strip()


def _panel(status: Status, title: str, alerts: list[Alert], now: datetime) -> Panel:
    """The status as it is, and below it alerts with the time at which that was so."""
    from rich.panel import Panel
    from rich.text import Text

    colour = COLOURS[status.level]
    body = Text(status.text, style=f"bold {colour}")
    body.append(f"\n\n{status.tooltip_text}", style="not bold default")
    for alert in alerts:
        said = f"{show_clock(alert.raised_at, now)} {_said(alert)}"
        body.append(f"\n\n{said}", style=f"not bold {_COLOURS_OF_ALERTS[alert.level]}")
    return Panel(body, title=title or None, border_style=colour, width=78)


def _forever() -> Iterator[int]:
    turn = 0
    while True:
        yield turn
        turn += 1
        time.sleep(_EVERY)
