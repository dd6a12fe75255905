"""The table: what something costs, what it is measured against, and whether that is what it may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What was measured, and how much that is."""

    name: str
    value: float


@dataclass(frozen=True)
class Row:
    """A figure and its twin of the same rounds. At most one of the targets is given."""

    figure: Figure
    unit: str
    twin: Figure | None = None
    most: float | None = None
    """What it may be, whatever the twin is."""
    times: float | None = None
    """What it may be, in multiples of the twin."""
    more: float | None = None
    """What it may be above the twin."""

    def compared(self) -> str:
        """To the twin, as the target has it."""
        if self.twin is None:
            return ""
        if self.more is not None:
            return f"{self.figure.value - self.twin.value:+.2f}"
        return f"{self.figure.value / self.twin.value:.2f}x" if self.twin.value else ""

    def target(self) -> str:
        """What it may be, and whether it is."""
        twin = self.twin.value if self.twin else 0
        if self.most is not None:
            return _verdict(f"{self.most:g} {self.unit}", self.figure.value <= self.most)
        if self.times is not None:
            return _verdict(f"{self.times:g}x", self.figure.value <= self.times * twin)
        if self.more is not None:
            return _verdict(f"{self.more:+g} {self.unit}", self.figure.value <= twin + self.more)
        return ""


_LINE = "{:44}{:>9} {:10}{:28}{:>9}{:>8}  {}"

HEAD = _LINE.format("what", "costs", "", "against", "", "", "target").rstrip()


def line(row: Row | str) -> str:
    """As it is printed; a remark as it is."""
    if isinstance(row, str):
        return row
    against, twin = (row.twin.name, f"{row.twin.value:.2f}") if row.twin else ("", "")
    figure = f"{row.figure.value:.2f}"
    return _LINE.format(
        row.figure.name, figure, row.unit, against, twin, row.compared(), row.target()
    ).rstrip()


def _verdict(target: str, is_met: bool) -> str:  # noqa: FBT001
    return f"<= {target:11} {'met' if is_met else 'MISSED'}"
