"""What deserves an interruption. Pure: whoever calls it remembers what was raised, and offers it once.

Each kind has a file that says from when on it holds, and from when on it is over. Between the two it
stays as it was, so that what hovers at a threshold is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..schedule import stale_at
from . import balance, budget, key, key_limit, runaway, time_to_empty, top_up
from .facts import Facts
from .finding import Finding

__all__ = ["Facts", "Finding", "findings"]

_RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    balance.findings,
    key_limit.findings,
    time_to_empty.findings,
    budget.findings,
    runaway.findings,
    key.findings,
    top_up.findings,
)


def findings(facts: Facts) -> list[Finding]:
    """Each crossing that can be judged, also those that are off; none for what is not known.

    What is not known neither raises nor ends anything, nor does a reading that is old. A kind that is
    switched off is over.
    """
    if facts.now >= stale_at(facts.reading.polled_at, facts.settings.update_interval):
        return []
    found = (each for rule in _RULES for each in rule(facts))
    return [replace(each, state="off") if each.kind in facts.alerts.off else each for each in found]
