"""A program that spends: one key asking one model again and again."""

from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from .wire import NANO

# Requests differ in size; in percent, and 100 on average, so that the rate holds over a round.
SIZES = (60, 140, 90, 110, 75, 125, 130, 70)


@dataclass(frozen=True)
class Workload:
    """Requests at a steady pace; times are seconds since the simulator's start."""

    key: str  # name
    model: str
    per_hour: Decimal  # US dollars
    every: float = 18.0
    after: float = 0.0

    def at(self, n: int) -> float:
        """When request number n is finished."""
        return self.after + (n + 1) * self.every

    def cost(self, n: int) -> Decimal:
        """What request number n costs."""
        average = self.per_hour * Decimal(self.every) / 3600
        return (average * SIZES[n % len(SIZES)] / 100).quantize(NANO)


@dataclass
class Run:
    """How far a workload has got."""

    workload: Workload
    key: str  # hash
    done: int = 0

    @property
    def due(self) -> float:
        """When its next request is finished."""
        return self.workload.at(self.done)

    def skip(self, until: float) -> None:
        """Give up the next request, and all others that finish before a time."""
        first = ceil((until - self.workload.after) / self.workload.every) - 1
        self.done = max(self.done + 1, first)
