"""What a key spent before the simulator started, so that weeks, months and activity are not empty."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from .key import Key
from .ledger import Ledger
from .window import DAY, day_of
from .wire import NANO

DAYS = 45  # more than the 30 of /activity and the 31 of a month


@dataclass(frozen=True)
class Past:
    """One key's dealings with one model: exact sums, spread over time in the same way every time."""

    key: str  # name
    model: str
    before: Decimal  # US dollars in the days before today
    today: Decimal  # US dollars since the last UTC midnight
    requests: int = 3  # today's

    def book(self, ledger: Ledger, key: Key, start: float) -> None:
        """Write it down as bookings before the start."""
        midnight = day_of(start) * DAY
        for n, cost in enumerate(shares(self.before, DAYS)):
            ledger.book(midnight - (DAYS - n - 0.5) * DAY, key.hash, self.model, cost)
        for n, cost in enumerate(shares(self.today, self.requests)):
            ledger.book(midnight + (start - midnight) * (n + 1) / self.requests, key.hash, self.model, cost)


def shares(total: Decimal, count: int) -> list[Decimal]:
    """Uneven parts of an amount, the same each time, whose sum is exactly the amount."""
    weights = [Random(count * 1000 + n).randint(40, 160) for n in range(count)]
    parts = [(total * weight / sum(weights)).quantize(NANO) for weight in weights]
    return [*parts[:-1], total - sum(parts[:-1])] if parts else []
