"""What one account shows: its reading, history, settings and a time become text, level and figures. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ..config import Settings
from ..forecast import Forecast
from ..moment import iso, show_span
from ..money import plain
from ..reading import Fault, KeyInfo, Spendable
from .account_text import OLD, account_text, short_text
from .figures import Figures
from .tooltip import Line, tooltip_lines
from .view import Level, State, View

_NO_KEY = "Set API key"


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
    forecast: Forecast | None = None
    """None as well where what binds is filled up again before."""
    lasts_until_reset_at: datetime | None = None
    error: Fault | None = None
    lines: tuple[Line, ...] = field(default=(), repr=False)

    @property
    def has_reading(self) -> bool:
        """Whether a figure is shown, be it an old one."""
        return self.state in ("free", "balance", "limit", "payg")

    def to_json(self) -> dict[str, Any]:
        """As DESIGN's contract has it; every key is always there."""
        forecast = self.forecast
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
            "time_to_empty_s": _seconds(forecast.middle if forecast else None),
            "time_to_empty_low_s": _seconds(forecast.low if forecast else None),
            "time_to_empty_high_s": _seconds(forecast.high if forecast else None),
            "lasts_until_reset_at": _iso(self.lasts_until_reset_at),
            "error": _error_json(self.error) if self.error else None,
        }


def account_status(view: View, settings: Settings, now: datetime) -> AccountStatus:
    """One account by the table of DESIGN, "What is shown": the first situation that fits."""
    figures = Figures.of(view, settings, now)
    return _without_figure(view, now) if figures is None else _with_figures(figures)


def _without_figure(view: View, now: datetime) -> AccountStatus:
    state, fault = _why_none(view)
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
        lines=tuple(tooltip_lines(view, fault, now)),
    )


def _why_none(view: View) -> tuple[State, Fault | None]:
    reading = view.reading
    if reading is not None and reading.rejected:
        return "error", reading.fault
    if view.has_no_key:
        return "no_key", view.fault
    fault = (reading.fault or reading.key.fault) if reading else view.fault
    return ("error" if fault else "starting"), fault


def _with_figures(figures: Figures) -> AccountStatus:
    account, credits = figures.account, figures.reading.credits.value
    age = show_span(figures.now - figures.read_at) if figures.stale else None
    return AccountStatus(
        name=account.name,
        label=account.label,
        provider=account.provider,
        text=account_text(figures, age),
        short=short_text(figures) or "Free",
        level=figures.level,
        state=figures.state,
        stale=figures.stale,
        read_at=figures.read_at,
        stale_at=figures.stale_at,
        stale_text=account_text(figures, OLD),
        balance=figures.balance,
        total_credits=credits.total_credits if credits else None,
        total_usage=credits.total_usage if credits else None,
        spendable=figures.spendable,
        key=figures.key,
        burn_per_hour=figures.rate,
        forecast=figures.forecast,
        lasts_until_reset_at=figures.lasts_until,
        error=figures.error,
        lines=tuple(tooltip_lines(figures.view, figures.error, figures.now, figures)),
    )


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds())


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
