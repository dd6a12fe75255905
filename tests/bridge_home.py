"""The fixtures of bridge tests. A test module takes those that it wants: `sim, home = steady, own_home`."""

from collections.abc import Iterator
from typing import Any

import pytest

from bridge_client import Home
from opencredits.simulator import Simulator


@pytest.fixture
def steady() -> Iterator[Simulator]:
    """A steady account, as `sim`."""
    with Simulator("steady") as simulator:
        yield simulator


@pytest.fixture
def home_beside(cli: Any, sim: Simulator) -> Iterator[Home]:
    """A home beside `sim`, as `home`; the key comes from the environment."""
    with Home(cli.script, cli.home, sim) as home:
        yield home
