"""The options about alerts. They hold for the machine, so that no editor overrides them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .. import option as o
from ..option import Option, option

KINDS = {
    "low_balance": "Less is left than 'warn_below'.",
    "critical_balance": "Less is left than 'critical_below'.",
    "key_limit": "A key's limit is used up to 'limit_warn_at', or wholly.",
    "time_to_empty": "What is left lasts for less than 'warn_hours'.",
    "budget": "A budget of your own is used up to 'budget_warn_at' or wholly, or will be soon.",
    "runaway": "Money goes much faster than it usually does.",
    "key_invalid": "OpenRouter no longer accepts the key.",
    "key_expiring": "The key expires in 'expiry_days', or within a day.",
    "top_up": "Credits were bought.",
}
"""Each kind of alert, with what it says."""

SWITCHES = {kind: Option(kind, o.SWITCH, True, help) for kind, help in KINDS.items()}
"""The options of the table `[alerts]`."""


@dataclass(frozen=True)
class AlertSettings:
    """Every other option about alerts; they stand beside those of Settings. Amounts in dollars."""

    warn_hours: Decimal = option(
        Decimal(1), o.HOURS, "Alert when what is left lasts for fewer hours than this; 0: never."
    )
    limit_warn_at: int = option(80, o.PERCENT, "Alert when so many percent of a key's limit are used.")
    budget_daily: Decimal = option(
        Decimal(0), o.DOLLARS, "What you allow yourself for a day of your own time zone; 0: no budget."
    )
    budget_weekly: Decimal = option(Decimal(0), o.DOLLARS, "The same for a week, which begins on Monday.")
    budget_monthly: Decimal = option(Decimal(0), o.DOLLARS, "The same for a calendar month.")
    budget_warn_at: int = option(80, o.PERCENT, "Alert when so many percent of such a budget are used.")
    runaway_min_per_hour: Decimal = option(
        Decimal(2), o.DOLLARS, "Dollars an hour below which spending is never called a runaway."
    )
    expiry_days: int = option(7, o.DAYS, "Alert so many days before a key expires, and on its last day.")
    on_alert: tuple[str, ...] | None = option(
        None,
        o.PROGRAM,
        "Program that is run for each alert, without a shell, with the alert as JSON on its stdin.",
    )
    off: frozenset[str] = frozenset()
    """The kinds that are switched off in the table `[alerts]`."""
