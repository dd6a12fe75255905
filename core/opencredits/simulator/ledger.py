"""What was spent: by key, UTC day and model. Every figure of the simulator is a sum over this."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from .model import find_model
from .window import day_of

REMEMBERED = 1000  # bookings that /generation can still be asked about


@dataclass(frozen=True)
class Booking:
    """One finished request."""

    number: int
    at: float
    key: str  # hash
    model: str
    cost: Decimal  # what it took from the credits
    byok: Decimal  # what the user's own provider charges outside

    @property
    def id(self) -> str:
        """The generation's id, as OpenRouter forms it."""
        return f"gen-{int(self.at)}-{sha256(str(self.number).encode()).hexdigest()[:20]}"

    @property
    def tokens(self) -> tuple[int, int]:
        """Prompt and completion tokens."""
        return find_model(self.model).tokens(self.cost + self.byok)


@dataclass
class Tally:
    """The sum of some bookings."""

    usage: Decimal = Decimal(0)
    byok: Decimal = Decimal(0)
    requests: int = 0
    prompt: int = 0
    completion: int = 0

    def add(self, other: "Tally") -> None:
        """Count another sum in."""
        self.usage += other.usage
        self.byok += other.byok
        self.requests += other.requests
        self.prompt += other.prompt
        self.completion += other.completion


class Ledger:
    """All bookings, summed as they come in; only the last ones are kept one by one."""

    def __init__(self) -> None:
        self.total = Tally()
        self._keys: defaultdict[str, dict[tuple[int, str], Tally]] = defaultdict(dict)
        self._recent: OrderedDict[str, Booking] = OrderedDict()

    def book(self, at: float, key: str, model: str, cost: Decimal, byok: Decimal = Decimal(0)) -> Booking:
        """Count one request of a key (given by its hash)."""
        booking = Booking(self.total.requests, at, key, model, cost, byok)
        self._count(booking)
        self._recent[booking.id] = booking
        if len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)
        return booking

    def _count(self, booking: Booking) -> None:
        one = Tally(booking.cost, booking.byok, 1, *booking.tokens)
        self._keys[booking.key].setdefault((day_of(booking.at), booking.model), Tally()).add(one)
        self.total.add(one)

    def booking(self, id: str) -> Booking | None:
        """One of the last bookings, by its generation id."""
        return self._recent.get(id)

    def rows(self, key: str | None = None, since: int = 0) -> Iterator[tuple[int, str, Tally]]:
        """Day, model and sum, for one key or for all, from a day on."""
        for hash in [key] if key is not None else list(self._keys):
            for (day, model), tally in self._keys.get(hash, {}).items():
                if day >= since:
                    yield day, model, tally

    def sum(self, key: str | None = None, since: int = 0) -> Tally:
        """What one key or all of them spent from a day on."""
        total = Tally()
        for _, _, tally in self.rows(key, since):
            total.add(tally)
        return total
