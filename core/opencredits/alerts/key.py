"""Key invalid and key expiring: the key itself stops working, or soon will."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from ..moment import show_clock, show_span
from .facts import Facts
from .finding import KEYS_PAGE, Finding, State

_LAST_DAY = timedelta(days=1)


def findings(facts: Facts) -> Iterator[Finding]:
    """A refused key is told by any poll; when it expires by one that it answered."""
    fault = facts.reading.key.fault
    if facts.reading.rejected and fault is not None:
        message = " ".join(fault.sentence().split())
        yield _finding("key_invalid", "", "on", 1, facts.title("the key is no longer accepted"), message)
    key = facts.key
    if key is not None:
        yield _finding("key_invalid", "", "off", 1)
        days = timedelta(days=facts.alerts.expiry_days)
        yield _expiring(facts, key.expires_at, "soon", days, rank=1)
        yield _expiring(facts, key.expires_at, "last", _LAST_DAY, rank=2)


def _expiring(facts: Facts, at: datetime | None, step: str, before: timedelta, *, rank: int) -> Finding:
    if at is None or at - facts.now > before:
        return _finding("key_expiring", step, "off", rank)
    title = facts.title(f"the key expires in {show_span(at - facts.now)}")
    stops = f"It stops working at {show_clock(at, facts.now)}."
    message = f"{stops} Make another one, then run 'opencredits login'."
    return _finding("key_expiring", step, "on", rank, title, message)


def _finding(kind: str, step: str, state: State, rank: int, title: str = "", message: str = "") -> Finding:
    level: Literal["warn", "error"] = "warn" if step == "soon" else "error"
    return Finding(kind, step, state, rank, level, title, message, url=KEYS_PAGE)
