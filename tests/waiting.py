"""Waiting for what another process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

T = TypeVar("T")

PATIENCE = 30.0  # seconds; it is for what hangs, and measures nothing
_LOOK_AGAIN = 0.02


def wait_for(condition: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """The first true result; the test fails, saying `what` did not happen, when there is none."""
    deadline = time.monotonic() + patience
    while not (found := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not happen within {patience:g} s")
        time.sleep(_LOOK_AGAIN)
    return found
