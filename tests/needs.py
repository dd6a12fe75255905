"""What a test needs from the machine: a visible skip for a developer, a failure where everything must run."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def need(program: str) -> str:
    """The path of a program; without it the test is skipped, or fails under OPENCREDITS_REQUIRE_EDITORS=1."""
    return shutil.which(program) or missing(f"{program} is not installed")


def missing(message: str) -> NoReturn:
    """Skip the test, or fail it where everything must run."""
    if os.environ.get("OPENCREDITS_REQUIRE_EDITORS") == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
