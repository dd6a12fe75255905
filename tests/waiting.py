"""Waiting for what another process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 60.0  # seconds; it is for what hangs, and measures nothing
_LOOK_AGAIN = 0.02


def wait_for(condition: Callable[[], T], what: str | Callable[[], str], patience: float = PATIENCE) -> T:
    """What the condition gives as soon as that is true; `what` is what did not come otherwise."""
    end = time.monotonic() + patience
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"never came: {what if isinstance(what, str) else what()}")
        time.sleep(_LOOK_AGAIN)
    return found
