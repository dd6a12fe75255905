"""What was spent in each hour, day, week or month. Pure: time and zone are arguments."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

_BLOCKS = "▁▂▃▄▅▆▇█"
_UNKNOWN = "·"


def sparkline(values: Sequence[Decimal | None]) -> str:
    """One block a value, as high as it is beside the highest: "▁▂▇█"; "▁" is nothing, "·" not known."""
    most = max((value for value in values if value is not None), default=Decimal(0))
    return "".join(_UNKNOWN if value is None else _block(value, most) for value in values)


def _block(value: Decimal, most: Decimal) -> str:
    if value <= 0:
        return _BLOCKS[0]
    return _BLOCKS[max(1, round(7 * value / most))]  # a little is more than nothing
