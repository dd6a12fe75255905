"""Key limit: the cap of the key is used up to a part of it, or wholly."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..moment import show_clock
from ..money import show_left, show_limit, show_spent
from ..reading import KeyInfo
from ..status.reset import next_reset
from .facts import Facts
from .finding import KEYS_PAGE, Finding, sentences, state

_BAND = 5  # percent of the cap


def findings(facts: Facts) -> Iterator[Finding]:
    """A key whose limit was taken away has none that is used up."""
    key = facts.key
    if key is None or (key.limit is not None and key.left_of_limit() is None):
        return
    yield _at(facts, key, "warn", facts.alerts.limit_warn_at, rank=1)
    yield _at(facts, key, "full", 100, rank=2)


def _at(facts: Facts, key: KeyInfo, step: str, percent: int, *, rank: int) -> Finding:
    left = key.left_of_limit()
    if key.limit is None or left is None:
        return Finding("key_limit", step, "off", rank)
    used = key.limit - left
    is_full = left <= 0
    return Finding(
        "key_limit",
        step,
        state(on=used >= key.limit * percent / 100, off=used < key.limit * (percent - _BAND) / 100),
        rank,
        "error" if step == "full" else "warn",
        facts.title("key limit used up" if is_full else f"{_share(used, key.limit)} of the key limit used"),
        _message(facts, key, used, left),
        url=KEYS_PAGE,
    )


def _message(facts: Facts, key: KeyInfo, used: Decimal, left: Decimal) -> str:
    assert key.limit is not None
    at = next_reset(key.limit_reset, facts.reading.polled_at)
    resets = f"It resets at {show_clock(at, facts.now)}." if at else "It does not reset by itself."
    spent = f"The key has used {show_spent(used, beside=key.limit)} of {show_limit(key.limit)}"
    if left <= 0:
        return sentences(f"{spent}, so that its requests fail.", resets, "Raise the limit to go on.")
    return sentences(f"{spent}; {show_left(left)} is left.", facts.pace("key_limit"), resets)


def _share(used: Decimal, limit: Decimal) -> str:
    return f"{int(used * 100 / limit)} %"
