"""Time to empty: what is left lasts for less than some hours, as long as money is being spent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ..money import show_left
from ..reading import Spendable
from .facts import Facts
from .finding import CREDITS_PAGE, KEYS_PAGE, Finding, sentences, state

_OVER = 1.5


def findings(facts: Facts) -> Iterator[Finding]:
    """It is over when it lasts for half as much again, is filled up before, or nothing was spent for long."""
    left, forecast = facts.spendable, facts.forecast
    warned = timedelta(hours=float(facts.alerts.warn_hours))
    if not warned or facts.per_hour == 0 or facts.lasts_until_reset:
        yield Finding("time_to_empty", "", "off", 1)
    elif left is not None and forecast is not None and facts.is_fresh(left.read_at):
        yield Finding(
            "time_to_empty",
            "",
            state(on=forecast.middle < warned, off=forecast.middle > warned * _OVER),
            rank=1,
            level="warn",
            title=facts.title(f"empty in {forecast.spelled()}"),
            message=_message(facts, left),
            url=CREDITS_PAGE if left.binding == "balance" else KEYS_PAGE,
        )


def _message(facts: Facts, left: Spendable) -> str:
    of, todo = ("", "Buy credits") if left.binding == "balance" else (" of the limit", "Raise it")
    is_left = f"{show_left(left.amount)}{of} is left."
    return sentences(is_left, facts.pace(), f"{todo}, or stop what is spending.")
