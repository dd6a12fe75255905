"""Low and critical balance: what is left is less than its thresholds.

A key limit that binds is told as such; then it is the balance itself that is judged here.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..money import show_left
from ..reading import Spendable
from ..status.thresholds import Thresholds
from .facts import Facts
from .finding import CREDITS_PAGE, Finding, sentences, state

_OVER = Decimal("1.1")
_AT_LEAST = Decimal("0.10")


def findings(facts: Facts) -> Iterator[Finding]:
    """Critical holds where low does, so that what recovers from it is not told as low."""
    left = _left(facts)
    if left is None or not facts.is_fresh(left.read_at) or facts.reading.never_bought():
        return
    thresholds = Thresholds.of(left, facts.settings)
    level = thresholds.level(left.amount)
    title = facts.title(_amount(left))
    yield Finding(
        "low_balance",
        "",
        state(on=level != "ok", off=left.amount >= _is_over(thresholds.low)),
        rank=1,
        level="warn",
        title=title,
        message=sentences(
            f"That is less than {show_left(thresholds.low)}.", facts.pace(left.binding), _todo(left)
        ),
        url=CREDITS_PAGE,
    )
    yield Finding(
        "critical_balance",
        "",
        state(on=level == "critical", off=left.amount >= _is_over(thresholds.critical)),
        rank=2,
        level="error",
        title=title,
        message=_critical(facts, left, thresholds.critical),
        url=CREDITS_PAGE,
    )


def _left(facts: Facts) -> Spendable | None:
    if facts.spendable is None or facts.spendable.binding != "key_limit":
        return facts.spendable
    balance = facts.reading.balance(billed_by_invoice=facts.account.billed_by_invoice)
    return None if balance is None else Spendable(balance, "balance", None, facts.reading.credits.read_at)


def _is_over(threshold: Decimal) -> Decimal:
    """What has to be left for it to be over."""
    return max(threshold * _OVER, threshold + _AT_LEAST)


def _amount(left: Spendable) -> str:
    return f"{show_left(left.amount)} left" + (" of the budget" if left.binding == "budget" else "")


def _critical(facts: Facts, left: Spendable, threshold: Decimal) -> str:
    if left.amount <= 0:
        return sentences("Requests to models that cost anything fail now.", _todo(left))
    below = f"That is less than {show_left(threshold)}, and requests fail when nothing is left."
    return sentences(below, facts.pace(left.binding), _todo(left))


def _todo(left: Spendable) -> str:
    if left.binding == "budget":
        return "Raise the budget, or stop what is spending."
    return "Buy credits, or stop what is spending."
