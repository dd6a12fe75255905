"""What one poll of one account learned, and what can still be spent by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from .errors import CreditsError
from .spending import Counters

Binding = Literal["balance", "key_limit", "budget"]
Reset = Literal["daily", "weekly", "monthly"]

_COUNTERS: dict[Binding, str] = {"balance": "total_usage", "key_limit": "usage", "budget": "spend_usd"}

# Faults that say something lasting about the key. Every other fault is passing: the last value stays.
_LASTING = frozenset({"no_permission", "invalid_key"})


@dataclass(frozen=True)
class Fault:
    """Why a part brought no value: a fine `kind`, the status bar's word, what happened, what to do."""

    kind: str
    shown: str
    message: str
    action: str

    @property
    def is_lasting(self) -> bool:
        """Whether it says something about the key, so that asking again changes nothing."""
        return self.kind in _LASTING

    def sentence(self) -> str:
        """What happened and what to do next."""
        return f"{self.message} {self.action}".strip()

    @classmethod
    def of(cls, error: CreditsError) -> Fault:
        """The same facts as data."""
        return cls(error.kind, error.shown, str(error), error.action)


@dataclass(frozen=True)
class Credits:
    """`GET /credits`: the lifetime counters of the account, in dollars."""

    total_credits: Decimal
    total_usage: Decimal


@dataclass(frozen=True)
class Budget:
    """`effective_budget` of `GET /key`: the cap that will block first. `resets_at` is UTC; None: for life."""

    scope: str
    remaining_usd: Decimal
    limit_usd: Decimal | None = None
    spend_usd: Decimal | None = None
    reset_interval: str | None = None
    resets_at: datetime | None = None


@dataclass(frozen=True)
class FreeRequests:
    """`free_model_daily_requests` of `GET /key`: requests to free models on the UTC day of the reading."""

    limit: int
    remaining: int


@dataclass(frozen=True)
class KeyInfo:
    """`GET /key`: what one key may spend and has spent, in dollars. None: the answer did not say."""

    usage: Decimal
    limit: Decimal | None
    is_free_tier: bool
    label: str | None = None
    limit_remaining: Decimal | None = None
    limit_reset: Reset | None = None
    include_byok_in_limit: bool | None = None
    usage_daily: Decimal | None = None
    usage_weekly: Decimal | None = None
    usage_monthly: Decimal | None = None
    byok_usage: Decimal | None = None
    byok_usage_daily: Decimal | None = None
    byok_usage_weekly: Decimal | None = None
    byok_usage_monthly: Decimal | None = None
    is_management_key: bool | None = None
    expires_at: datetime | None = None
    effective_budget: Budget | None = None
    free_model_daily_requests: FreeRequests | None = None
    unreadable: tuple[str, ...] = ()
    """Optional fields that came in a form that nobody can use, so that they count as missing."""

    def left_of_limit(self) -> Decimal | None:
        """What the key's own cap leaves, in dollars; below zero when overdrawn; None: no cap, or not known.

        Without `limit_remaining` it is the cap less what was spent in the window that resets it, and
        never less the lifetime `usage` of a key whose cap resets.
        """
        if self.limit is None or self.limit_remaining is not None:
            return self.limit_remaining if self.limit is not None else None
        spent = _in_window(self, "usage", self.limit_reset)
        if self.include_byok_in_limit and spent is not None:
            spent += _in_window(self, "byok_usage", self.limit_reset) or 0
        return None if spent is None else self.limit - spent


def _in_window(key: KeyInfo, counter: str, reset: Reset | None) -> Decimal | None:
    value: Decimal | None = getattr(key, f"{counter}_{reset}" if reset else counter)
    return value


T = TypeVar("T")


@dataclass(frozen=True)
class Part(Generic[T]):
    """One of the questions of a poll: its last known value, when that was read (UTC), and what failed since.

    A value with a fault is an old value; no value and no fault means that the question was never asked.
    """

    value: T | None = None
    read_at: datetime | None = None
    fault: Fault | None = None

    def after(self, earlier: Part[T]) -> Part[T]:
        """This part, with the earlier value kept where this one failed for a passing reason."""
        if self.value is not None or (self.fault is not None and self.fault.is_lasting):
            return self
        return Part(earlier.value, earlier.read_at, self.fault or earlier.fault)


@dataclass(frozen=True)
class Spendable:
    """The least of what is known: dollars, which one binds, the cap it is a part of, and when it was read."""

    amount: Decimal
    binding: Binding
    cap: Decimal | None
    read_at: datetime | None

    @property
    def counter(self) -> str:
        """The field of Counters by whose growth it is used up."""
        return _COUNTERS[self.binding]


@dataclass(frozen=True)
class Reading:
    """What one poll of one account with one key learned, with the reason for each part that is missing."""

    polled_at: datetime
    key: Part[KeyInfo] = Part()
    credits: Part[Credits] = Part()
    retry_at: datetime | None = None
    """Before this time the provider does not want to be asked again (`Retry-After`)."""
    server_time: datetime | None = None
    """The provider's clock, from the Date header."""

    @property
    def succeeded(self) -> bool:
        """One part answering counts as success, but a rejected key always wins."""
        return not self.rejected and self.polled_at in (self.key.read_at, self.credits.read_at)

    @property
    def rejected(self) -> bool:
        """Whether `/key` answered 401."""
        return self.key.fault is not None and self.key.fault.kind == "invalid_key"

    @property
    def fault(self) -> Fault | None:
        """Why the poll as a whole failed: the fault of `/key`, or else of `/credits`; None after success."""
        return None if self.succeeded else self.key.fault or self.credits.fault

    @property
    def read_at(self) -> datetime | None:
        """When the newest value was read."""
        return max((at for at in (self.key.read_at, self.credits.read_at) if at), default=None)

    def after(self, earlier: Reading | None) -> Reading:
        """This reading, with earlier values kept for the parts that failed for a passing reason."""
        if earlier is None:
            return self
        return replace(self, key=self.key.after(earlier.key), credits=self.credits.after(earlier.credits))

    def counters(self) -> Counters | None:
        """What this poll itself read, for the history; None when it read nothing."""
        if not self.succeeded:
            return None
        credits = self.credits.value if self.credits.read_at == self.polled_at else None
        key = self.key.value if self.key.read_at == self.polled_at else None
        budget = key.effective_budget if key else None
        return Counters(
            self.polled_at,
            total_credits=credits.total_credits if credits else None,
            total_usage=credits.total_usage if credits else None,
            usage=key.usage if key else None,
            spend_usd=budget.spend_usd if budget else None,
        )

    def has_moved_since(self, earlier: Reading | None) -> bool:
        """Whether either counter of usage has grown since an earlier reading."""
        if earlier is None:
            return False
        key, key_before = self.key.value, earlier.key.value
        credits, credits_before = self.credits.value, earlier.credits.value
        return bool(
            (key and key_before and key.usage > key_before.usage)
            or (credits and credits_before and credits.total_usage > credits_before.total_usage)
        )

    def balance(self, *, billed_by_invoice: bool = False) -> Decimal | None:
        """`total_credits - total_usage` in dollars; below zero when overdrawn; None where it is not known.

        `/credits` answers zeros to many ordinary keys of funded accounts, and to accounts that are billed
        by invoice, so that zero credits are believed for the free tier alone.
        """
        if self.credits.value is None or billed_by_invoice:
            return None
        credits, key = self.credits.value, self.key.value
        if credits.total_credits == 0:
            untouched = credits.total_usage == 0 and key is not None and key.usage > 0
            if key is None or not key.is_free_tier or untouched:
                return None
        return credits.total_credits - credits.total_usage

    def spendable(self, *, billed_by_invoice: bool = False) -> Spendable | None:
        """What can still be spent: the least of balance, key limit and budget over those that are known."""
        known = self._bounds(self.balance(billed_by_invoice=billed_by_invoice))
        return min(known, key=lambda bound: bound.amount, default=None)

    def _bounds(self, balance: Decimal | None) -> Iterator[Spendable]:
        """In the order in which they bind at equal amounts."""
        if balance is not None:
            yield Spendable(balance, "balance", None, self.credits.read_at)
        key = self.key.value
        if key is None:
            return
        left, budget = key.left_of_limit(), key.effective_budget
        if left is not None:
            yield Spendable(left, "key_limit", key.limit, self.key.read_at)
        if budget is not None:
            binding: Binding = "key_limit" if budget.scope == "key_limit" else "budget"
            yield Spendable(budget.remaining_usd, binding, budget.limit_usd, self.key.read_at)

    def never_bought(self) -> bool:
        """Whether this is an account of the free tier without any cap to watch."""
        key, credits = self.key.value, self.credits.value
        return (
            key is not None
            and key.is_free_tier
            and key.limit is None
            and key.effective_budget is None
            and (credits is None or credits.total_credits == 0)
        )

    def day_is_over(self, now: datetime) -> bool:
        """Whether the UTC day of the key's figures has passed, so that "today" is no longer theirs."""
        at = self.key.read_at
        return at is None or at.astimezone(UTC).date() != now.astimezone(UTC).date()
