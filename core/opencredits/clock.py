"""The time, as everything that needs it is given it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock that everything uses unless it is given another one."""
    return datetime.now(UTC)
