"""A local OpenRouter: to try OpenCredits without a key, and to test against.

with Simulator("runaway") as sim:
    print(sim.base_url, sim.key)
"""

from .account import Account
from .faults import REMOVE, SHAPE_2025, Fault
from .log import Request
from .scenario import SCENARIOS, Scenario
from .simulator import Simulator

__all__ = ["REMOVE", "SCENARIOS", "SHAPE_2025", "Account", "Fault", "Request", "Scenario", "Simulator"]
