"""What was spent, as bars on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from rich.bar import Bar
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ..history import Bucket, History
from ..history.bounds import By
from .history_text import MEANINGS, amount, label, marks

_WIDEST = 60


def chart(buckets: Sequence[Bucket], history: History, by: By, zone: tzinfo) -> Group:
    """A bar for each, the dearest the longest, and below them what their marks mean."""
    marked = marks(buckets, history.end)
    found = set("".join(marked))
    meanings = (Text(f"{mark} {MEANINGS[mark]}", style="dim") for mark in MEANINGS if mark in found)
    return Group(_bars(buckets, marked, by, zone), *meanings)


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
