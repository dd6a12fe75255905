"""What one account shows: its reading, history, settings and a time become text, level and figures. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from . import template
from .config import AccountSettings, Settings
from .moment import iso, next_utc_midnight, show_span
from .money import plain, show_left, show_rate, show_spent
from .reading import Fault, KeyInfo, Part, Reading, Spendable
from .schedule import stale_at
from .spending import Counters, burn_rate, points, time_to_empty
from .thresholds import Thresholds
from .tooltip import Line, tooltip_lines

Level = Literal["ok", "unknown", "low", "error", "critical"]
State = Literal["hidden", "no_key", "error", "starting", "free", "balance", "limit", "payg"]

_BINDING_WORDS = {"balance": None, "key_limit": "key limit", "budget": "budget"}
_COUNTER_OF = {"balance": "total_usage", "key_limit": "usage", "budget": "spend_usd"}
_NO_KEY = "Set API key"
_OLD = "old"


@dataclass(frozen=True)
class View:
    """All that is known about one account at the moment it is shown."""

    account: AccountSettings
    reading: Reading | None = None
    history: Sequence[Counters] = ()
    """Of the rate window and the reading before it, in order of time."""
    fault: Fault | None = None
    """Why nobody can be asked: no key, a silent keyring, an option that cannot be used.

    Without a reading and without a fault the first poll is under way.
    """

    @property
    def has_no_key(self) -> bool:
        """Whether no source has a key."""
        return self.fault is not None and self.fault.kind == "no_key"


@dataclass(frozen=True)
class AccountStatus:
    """One account's share of a status. Amounts in dollars, None: unknown."""

    name: str
    label: str
    provider: str
    text: str
    short: str
    level: Level
    state: State
    stale: bool = False
    read_at: datetime | None = None
    stale_at: datetime | None = None
    stale_text: str | None = None
    balance: Decimal | None = None
    total_credits: Decimal | None = None
    total_usage: Decimal | None = None
    spendable: Spendable | None = None
    key: KeyInfo | None = None
    burn_per_hour: Decimal | None = None
    time_to_empty: timedelta | None = None
    error: Fault | None = None
    lines: tuple[Line, ...] = field(default=(), repr=False)

    @property
    def has_reading(self) -> bool:
        """Whether a figure is shown, be it an old one."""
        return self.state in ("free", "balance", "limit", "payg")

    def to_json(self) -> dict[str, Any]:
        """As DESIGN's contract has it; every key is always there."""
        seconds = self.time_to_empty and int(self.time_to_empty.total_seconds())
        return {
            "name": self.name,
            "label": self.label,
            "provider": self.provider,
            "text": self.text,
            "level": self.level,
            "state": self.state,
            "stale": self.stale,
            "read_at": _iso(self.read_at),
            "balance": _plain(self.balance),
            "total_credits": _plain(self.total_credits),
            "total_usage": _plain(self.total_usage),
            "spendable": _plain(self.spendable.amount if self.spendable else None),
            "binding": self.spendable.binding if self.spendable else None,
            "key": _key_json(self.key) if self.key else None,
            "burn_per_hour": _plain(self.burn_per_hour),
            "time_to_empty_s": seconds,
            "error": _error_json(self.error) if self.error else None,
        }


def account_status(view: View, settings: Settings, now: datetime) -> AccountStatus:
    """One account by the table of DESIGN, "What is shown": the first situation that fits."""
    reading = view.reading
    if reading is not None and reading.rejected:
        return _without_figure(view, "error", reading.fault, settings, now)
    if reading is None or (reading.key.value is None and not _has_balance(view)):
        return _nothing_known(view, settings, now)
    return _Figures(view, reading, settings, now).status()


def _has_balance(view: View) -> bool:
    return view.reading is not None and (
        view.reading.balance(billed_by_invoice=view.account.billed_by_invoice) is not None
    )


def _nothing_known(view: View, settings: Settings, now: datetime) -> AccountStatus:
    fault = (view.reading.fault or view.reading.key.fault) if view.reading else view.fault
    if view.has_no_key:
        return _without_figure(view, "no_key", view.fault, settings, now)
    state: State = "error" if fault else "starting"
    return _without_figure(view, state, fault, settings, now)


def _without_figure(
    view: View, state: State, fault: Fault | None, settings: Settings, now: datetime
) -> AccountStatus:
    error = f"Error ({fault.shown if fault else 'unknown'})"
    word, short = {"no_key": (_NO_KEY, "No key"), "starting": ("...", "...")}.get(state, (error, "Error"))
    credits = view.reading.credits.value if view.reading else None
    account = view.account
    return AccountStatus(
        name=account.name,
        label=account.label,
        provider=account.provider,
        text=f"{account.label}: {word}",
        short=short,
        level="error" if state == "error" else "unknown",
        state=state,
        read_at=view.reading.read_at if view.reading else None,
        total_credits=credits.total_credits if credits else None,
        total_usage=credits.total_usage if credits else None,
        error=fault,
        lines=tuple(tooltip_lines(account, view.reading, None, settings, now, fault=fault)),
    )


class _Figures:
    """The figures of a reading that can be shown, and the texts made of them."""

    def __init__(self, view: View, reading: Reading, settings: Settings, now: datetime) -> None:
        self.account, self.reading, self.settings, self.now = view.account, reading, settings, now
        self.key = reading.key.value
        self.spendable = reading.spendable(billed_by_invoice=view.account.billed_by_invoice)
        self.state = self._state()
        self.part: Part[Any] = reading.credits if self.state == "balance" else reading.key
        self.read_at = self.part.read_at or reading.polled_at  # of that which is shown
        window = timedelta(minutes=settings.rate_window)
        self.rate = burn_rate(points(view.history, self._counter()), window)
        self.time_to_empty = time_to_empty(self.spendable.amount if self.spendable else None, self.rate)
        self.error = self._error(view)
        self.stale = self._is_stale()

    def status(self) -> AccountStatus:
        credits = self.reading.credits.value
        invoice = self.account.billed_by_invoice
        return AccountStatus(
            name=self.account.name,
            label=self.account.label,
            provider=self.account.provider,
            text=self._text(show_span(self.now - self.read_at) if self.stale else None),
            short=self._amount() or "Free",
            level=self._level(),
            state=self.state,
            stale=self.stale,
            read_at=self.read_at,
            stale_at=self._stale_at(),
            stale_text=self._text(_OLD),
            balance=self.reading.balance(billed_by_invoice=invoice),
            total_credits=credits.total_credits if credits else None,
            total_usage=credits.total_usage if credits else None,
            spendable=self.spendable,
            key=self.key,
            burn_per_hour=self.rate,
            time_to_empty=self.time_to_empty,
            error=self.error,
            lines=tuple(
                tooltip_lines(
                    self.account,
                    self.reading,
                    self.spendable,
                    self.settings,
                    self.now,
                    fault=self.error,
                    rate=self.rate,
                    time_to_empty=self.time_to_empty,
                )
            ),
        )

    def _state(self) -> State:
        if self.reading.never_bought():
            return "free"
        if self.spendable is None:
            return "payg"
        return "balance" if self.spendable.binding == "balance" else "limit"

    def _counter(self) -> str:
        return _COUNTER_OF[self.spendable.binding] if self.spendable else "usage"

    def _error(self, view: View) -> Fault | None:
        """What keeps this from being fresh and whole. That a key may not see the balance is no error."""
        reading = self.reading
        faults = (reading.fault, self.part.fault, reading.key.fault, reading.credits.fault)
        fault = next((each for each in faults if each and each.kind != "no_permission"), None)
        return fault or (None if view.has_no_key else view.fault)

    def _is_stale(self) -> bool:
        failed = not self.reading.succeeded or self.part.fault is not None
        return failed or self.now >= stale_at(self.read_at, self.settings.update_interval)

    def _stale_at(self) -> datetime:
        """When the text stops being true by itself: by its age, or because its "today" is over."""
        if self.stale:
            return self.read_at
        at = stale_at(self.read_at, self.settings.update_interval)
        return min(at, next_utc_midnight(self.read_at)) if self._shows_today() else at

    def _shows_today(self) -> bool:
        """Whether the text has a figure that is wrong after midnight UTC."""
        if self.state == "free":
            return self._free_requests() is not None
        named = "{today}" in self.settings.format or (
            self.state == "payg" and "{notes}" in self.settings.format
        )
        return named and self._today() is not None

    def _level(self) -> Level:
        if self.spendable is None or self.state == "free":
            return "ok"
        return Thresholds.of(self.spendable, self.settings).level(self.spendable.amount)

    def _text(self, age: str | None) -> str:
        """With an age the figure is old, and the text says so whatever the format."""
        notes = self._notes(age)
        if self.state == "free":
            return f"{self.account.label}: Free ({notes})" if notes else f"{self.account.label}: Free"
        text = template.render(self.settings.format, self._values(age, notes))
        shows_age = "{notes}" in self.settings.format or "{age}" in self.settings.format
        return text if age is None or shows_age else f"{text} ({_ago(age)})"

    def _notes(self, age: str | None) -> str | None:
        today = self._today() if age != _OLD else None
        quota = self._free_requests() if age != _OLD else None
        spent_today = f"{today} today" if today and self.state == "payg" else None
        rate = show_rate(self.rate) if self.rate is not None and age is None else None
        notes = [self._binding_word(), spent_today, quota, rate, _ago(age) if age else None]
        return ", ".join(note for note in notes if note) or None

    def _values(self, age: str | None, notes: str | None) -> dict[str, str | None]:
        key = self.key
        rate = show_rate(self.rate) if self.rate is not None and age is None else None
        balance = self.reading.balance(billed_by_invoice=self.account.billed_by_invoice)
        return {
            "label": self.account.label,
            "amount": self._amount(),
            "notes": notes,
            "spendable": show_left(self.spendable.amount) if self.spendable else None,
            "balance": None if balance is None else show_left(balance),
            "limit": show_left(key.limit) if key and key.limit is not None else None,
            "binding": (self._binding_word() or "balance") if self.spendable else None,
            "today": self._today() if age != _OLD else None,
            "week": _spent(key.usage_weekly) if key else None,
            "month": _spent(key.usage_monthly) if key else None,
            "rate": rate,
            "time_to_empty": show_span(self.time_to_empty) if self.time_to_empty and not age else None,
            "age": age or show_span(self.now - self.read_at),
        }

    def _amount(self) -> str | None:
        if self.state == "free":
            return None
        return show_left(self.spendable.amount) if self.spendable else "PAYG"

    def _binding_word(self) -> str | None:
        return _BINDING_WORDS[self.spendable.binding] if self.spendable and self.state != "free" else None

    def _today(self) -> str | None:
        key = self.key
        if key is None or key.is_management_key or self.reading.day_is_over(self.now):
            return None
        return _spent(key.usage_daily)

    def _free_requests(self) -> str | None:
        quota = self.key.free_model_daily_requests if self.key else None
        if quota is None or self.state != "free" or self.reading.day_is_over(self.now):
            return None
        return f"{quota.remaining} of {quota.limit} left"


def _ago(age: str) -> str:
    return age if age == _OLD else f"{age} ago"


def _spent(amount: Decimal | None) -> str | None:
    return None if amount is None else show_spent(amount)


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def _error_json(fault: Fault) -> dict[str, str]:
    return {"kind": fault.kind, "message": fault.message, "action": fault.action}


def _key_json(key: KeyInfo) -> dict[str, Any]:
    return {
        "label": key.label,
        "limit": _plain(key.limit),
        "limit_remaining": _plain(key.left_of_limit()),
        "limit_reset": key.limit_reset,
        "usage": _plain(key.usage),
        "usage_daily": _plain(key.usage_daily),
        "usage_weekly": _plain(key.usage_weekly),
        "usage_monthly": _plain(key.usage_monthly),
        "is_free_tier": key.is_free_tier,
        "is_management_key": key.is_management_key,
        "expires_at": _iso(key.expires_at),
    }
