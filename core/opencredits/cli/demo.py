"""`opencredits demo`: the whole thing in time-lapse, against a simulator, without a key."""

from __future__ import annotations

import signal

import click

from ..demo import Stage
from .watch import redraw


@click.command()
@click.option("--once", is_flag=True, help="Print one status line and end.")
def demo(once: bool) -> None:
    """Show an account being spent, in time-lapse (about 20 seconds). Needs no key and leaves nothing behind.

    A local simulator stands in for OpenRouter; the rest is the real thing: what you see is what the
    status bar of an editor would show.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # it ends as with Ctrl-C
    with Stage() as stage:
        if once:
            click.echo(stage.look().text)
        else:
            redraw((stage.look() for _ in stage.play()), stage.monitor, lambda: stage.act.title)
