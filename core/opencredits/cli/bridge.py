"""`opencredits bridge`, for the help page; `__main__` starts it without the command line."""

from __future__ import annotations

import click

from ..bridge import main


@click.command()
@click.option("--demo", is_flag=True, help="Play an account being spent, in time-lapse. Needs no key.")
def bridge(demo: bool) -> None:
    """What an editor starts: JSON-RPC on stdin and stdout (docs/bridge.md). Not for use by hand."""
    main(["--demo"] if demo else [])
