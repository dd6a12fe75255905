"""Measuring several things side by side."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Mapping

from .table import Figure


def medians(measures: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Figure]:
    """The median of each, over rounds in different orders; one more goes first, to fill caches."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    chance = random.Random(0)
    for _ in range(rounds + 1):
        for name in chance.sample(list(measures), len(measures)):
            found[name].append(measures[name]())
    return {name: Figure(name, statistics.median(values[1:])) for name, values in found.items()}
