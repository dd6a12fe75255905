"""The account: what was bought, its keys, and what they have spent by now."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from math import inf
from threading import RLock

from .key import Key
from .ledger import Booking, Ledger
from .model import MINI, find_model
from .window import first_day, resets_at
from .workload import Run, Workload

FREE_REQUESTS = 50  # a day, of free models
FREE_REQUESTS_FUNDED = 1000
FUNDED_FROM = Decimal(10)  # US dollars bought in all


class Account:
    """Spends as time passes, without a thread: each question first books what is due.

    Programs are refused like at OpenRouter: when the balance is gone, or their key is disabled, deleted,
    expired or over its limit. `spend` books in any case, so it can push a figure below zero.
    """

    def __init__(self, clock: Callable[[], float], credits: Decimal = Decimal(0)) -> None:
        self.lock = RLock()  # hold it to read several figures of the same moment
        self.started_at = clock()
        self.ledger = Ledger()
        self._clock = clock
        self._now = self.started_at
        self._credits = credits
        self._keys: dict[str, Key] = {}  # by hash, oldest first
        self._runs: list[Run] = []

    # money

    @property
    def credits(self) -> Decimal:
        """All that was ever bought."""
        return self._credits

    @credits.setter
    def credits(self, amount: Decimal) -> None:
        with self.lock:
            self.now()
            self._credits = amount

    def top_up(self, amount: Decimal) -> None:
        """Buy more credits."""
        with self.lock:
            self.credits += amount

    @property
    def total_usage(self) -> Decimal:
        """All that was ever spent."""
        with self.lock:
            self.now()
            return self.ledger.total.usage

    @property
    def balance(self) -> Decimal:
        """What is left; below zero is debt."""
        with self.lock:
            return self._credits - self.total_usage

    @property
    def is_free_tier(self) -> bool:
        """Whether no credits were ever bought."""
        return self._credits == 0

    def spend(
        self, amount: Decimal, *, key: str = "laptop", model: str = MINI, byok: Decimal = Decimal(0)
    ) -> Booking:
        """Book one request of a key (its name, hash or secret) now."""
        with self.lock:
            return self.ledger.book(self.now(), self.key(key).hash, model, Decimal(amount), Decimal(byok))

    def free_requests(self, now: float) -> tuple[int, int]:
        """Requests to free models today, and how many a day allows."""
        today = self.ledger.rows(since=first_day("daily", now))
        used = sum(tally.requests for _, model, tally in today if find_model(model).is_free)
        return used, FREE_REQUESTS if self._credits < FUNDED_FROM else FREE_REQUESTS_FUNDED

    # keys

    @property
    def keys(self) -> list[Key]:
        """The ordinary keys that were not deleted, oldest first."""
        return [key for key in self._keys.values() if not key.management]

    def key(self, which: str) -> Key:
        """One key by its name, hash or secret; LookupError where there is none."""
        for key in self._keys.values():
            if which in (key.hash, key.secret, key.name):
                return key
        raise LookupError(f"The simulated account has no such key: {which[:12]}")

    def add_key(self, key: Key) -> Key:
        """Take a key in."""
        with self.lock:
            self._keys[key.hash] = key
            return key

    def change_key(self, hash: str, **changes: object) -> Key:
        """Change fields of a key from now on."""
        with self.lock:
            now, key = self.now(), self._keys[hash]
            for field, value in changes.items():
                setattr(key, field, value)
            key.updated_at = now
            return key

    def delete_key(self, hash: str) -> None:
        """Forget a key; what it has spent stays spent."""
        with self.lock:
            self.now()
            del self._keys[hash]

    def authenticate(self, secret: str, now: float) -> Key | None:
        """The key with this secret, if it is accepted."""
        found = next((key for key in self._keys.values() if key.secret == secret), None)
        return found if found and found.works(now) else None

    def limit_spent(self, key: Key, now: float) -> Decimal:
        """What counts against a key's limit in the running window."""
        tally = self.ledger.sum(key.hash, first_day(key.limit_reset, now))
        return tally.usage + tally.byok if key.include_byok_in_limit else tally.usage

    def limit_remaining(self, key: Key, now: float) -> Decimal | None:
        """What is left of a key's limit, or None for a key without one."""
        return None if key.limit is None else key.limit - self.limit_spent(key, now)

    # time

    def work(self, workloads: Iterable[Workload]) -> None:
        """Let these programs spend, each from its own start on."""
        self._runs += [Run(workload, self.key(workload.key).hash) for workload in workloads]

    def now(self) -> float:
        """The account's time, with everything booked that is due. It never runs backwards."""
        with self.lock:
            self._now = max(self._now, self._clock())
            self._catch_up(self._now - self.started_at)
            return self._now

    def _catch_up(self, elapsed: float) -> None:
        while self._runs and (run := min(self._runs, key=lambda run: run.due)).due <= elapsed:
            at = self.started_at + run.due
            refused_until = self._refused_until(run.key, at)
            if refused_until is None:
                self.ledger.book(at, run.key, run.workload.model, run.workload.cost(run.done))
                run.done += 1
            else:
                # What is asked for while nothing can change need not be tried one by one.
                run.skip(min(refused_until, self._now) - self.started_at)

    def _refused_until(self, hash: str, at: float) -> float | None:
        """Until when a request would be refused if nobody steps in; None: it is answered."""
        key = self._keys.get(hash)
        if key is None or not key.works(at) or self._credits <= self.ledger.total.usage:
            return inf
        remaining = self.limit_remaining(key, at)
        if remaining is None or remaining > 0:
            return None
        return resets_at(key.limit_reset, at) or inf
