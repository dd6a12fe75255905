"""How far what was spent has been from what was expected, the longer the farther. Pure; floats."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from math import log2
from typing import NamedTuple

HORIZONS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
"""Hours ahead; each is twice the one before."""


class Factors(NamedTuple):
    """Actual by expected spending: one time in ten it is below `slow`, one time in ten above `fast`."""

    slow: float
    middle: float
    fast: float


_MIDDLE = 0.5
# Inside of one in ten, because the wide guess below is mixed in: together they hold four times in five.
_TAILS = 0.14, 0.86

# Nobody knows an account in its first hours: the longer, the likelier that somebody sleeps.
UNKNOWN_HABIT = tuple(
    Factors(slow, 1.0, 2.0) for slow in (0.4, 0.4, 0.4, 0.35, 0.3, 0.25, 0.2, 0.18, 0.16, 0.15)
)
_NOTHING_SEEN = Factors(0.15, 0.8, 2.0)
_DOUBT = 4.0  # so many trials have to be seen before they count as much as the line above


def learned_factors(seen: Sequence[float], trials: float) -> Factors:
    """Of ratios of actual to expected spending; `trials` of them have nothing to do with each other."""
    if not seen:
        return _NOTHING_SEEN
    ranked = sorted(seen)
    found = (_quantile(ranked, share) for share in (_TAILS[0], _MIDDLE, _TAILS[1]))
    return Factors(
        *(
            (trials * value + _DOUBT * guess) / (trials + _DOUBT)
            for value, guess in zip(found, _NOTHING_SEEN, strict=True)
        )
    )


def factors_at(table: Sequence[Factors], hours: float) -> Factors:
    """Those for so many hours ahead, between the horizons in even steps of the logarithm."""
    after = bisect_right(HORIZONS, hours)
    if after in (0, len(HORIZONS)):
        return table[max(after - 1, 0)]
    share = log2(hours / HORIZONS[after - 1])
    near, far = table[after - 1], table[after]
    return Factors(
        near.slow + (far.slow - near.slow) * share,
        near.middle + (far.middle - near.middle) * share,
        near.fast + (far.fast - near.fast) * share,
    )


def _quantile(ranked: Sequence[float], share: float) -> float:
    place = share * (len(ranked) - 1)
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (place - below)
