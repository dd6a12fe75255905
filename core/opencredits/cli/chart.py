"""What was spent, as bars on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from rich.bar import Bar
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..bounds import By
from ..history import Bucket, History
from .history_text import MEANINGS, amount, label, marks

_WIDEST = 60


def print_chart(buckets: Sequence[Bucket], history: History, by: By, zone: tzinfo) -> None:
    """A bar for each, the dearest the longest, and below them what their marks mean."""
    console = Console(highlight=False)
    marked = marks(buckets, history.end)
    console.print(_bars(buckets, marked, by, zone))
    for mark, meaning in MEANINGS.items():
        if any(mark in each for each in marked):
            console.print(Text(f"{mark} {meaning}", style="dim"))


def _bars(buckets: Sequence[Bucket], marked: Sequence[str], by: By, zone: tzinfo) -> Table:
    most = float(max((bucket.spent or 0 for bucket in buckets), default=0)) or 1.0
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(max_width=_WIDEST)
    for bucket, mark in zip(buckets, marked, strict=True):
        colour = "bright_black" if bucket.interpolated else "green"
        bar = Bar(most, 0, float(bucket.spent or 0), color=colour)
        table.add_row(label(bucket, by, zone), amount(bucket.spent), Text(mark), bar)
    return table
