"""What a test needs from the machine: a visible skip for a developer, a failure where everything must run."""

from __future__ import annotations

import os
import shutil

import pytest


def need(program: str) -> str:
    """The path of a program; without it the test is skipped, or fails under OPENCREDITS_REQUIRE_EDITORS=1."""
    path = shutil.which(program)
    if path is not None:
        return path
    message = f"{program} is not installed"
    if os.environ.get("OPENCREDITS_REQUIRE_EDITORS") == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
