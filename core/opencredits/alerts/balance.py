"""Low and critical balance: what is left is less than its thresholds.

A key limit that binds is told as such; then it is the balance itself that is judged here. Beside a budget
that binds it is judged as well: it is not over because the budget, with its own thresholds, is not low.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..money import show_left, show_limit
from ..reading import Spendable
from ..status.thresholds import Thresholds
from .facts import Facts
from .finding import CREDITS_PAGE, Finding, sentences, state

_OVER = Decimal("1.1")
_AT_LEAST = Decimal("0.10")
_LEVELS = ("ok", "low", "critical")


def findings(facts: Facts) -> Iterator[Finding]:
    """Critical holds where low does, so that what recovers from it is not told as low."""
    judged = [(left, Thresholds.of(left, facts.settings)) for left in _lefts(facts)]
    if not judged or facts.reading.never_bought():
        return
    left, thresholds = max(judged, key=lambda each: _LEVELS.index(each[1].level(each[0].amount)))
    level = thresholds.level(left.amount)
    title = facts.title(_amount(left))
    yield Finding(
        "low_balance",
        "",
        state(on=level != "ok", off=all(each.amount >= _is_over(its.low) for each, its in judged)),
        rank=1,
        level="warn",
        title=title,
        message=sentences(
            f"That is less than {show_limit(thresholds.low)}.", facts.pace(left.binding), _todo(left)
        ),
        url=CREDITS_PAGE,
    )
    yield Finding(
        "critical_balance",
        "",
        state(on=level == "critical", off=all(each.amount >= _is_over(its.critical) for each, its in judged)),
        rank=2,
        level="error",
        title=title,
        message=_critical(facts, left, thresholds.critical),
        url=CREDITS_PAGE,
    )


def _lefts(facts: Facts) -> list[Spendable]:
    """What binds comes first, and so wins where both are as low."""
    balance = facts.reading.balance(billed_by_invoice=facts.account.billed_by_invoice)
    lefts = [facts.spendable] if facts.spendable and facts.spendable.binding == "budget" else []
    if balance is not None:
        lefts.append(Spendable(balance, "balance", None, facts.reading.credits.read_at))
    return [left for left in lefts if facts.is_fresh(left.read_at)]


def _is_over(threshold: Decimal) -> Decimal:
    """What has to be left for it to be over."""
    return max(threshold * _OVER, threshold + _AT_LEAST)


def _amount(left: Spendable) -> str:
    return f"{show_left(left.amount)} left" + (" of the budget" if left.binding == "budget" else "")


def _critical(facts: Facts, left: Spendable, threshold: Decimal) -> str:
    if left.amount <= 0:
        return sentences("Requests to models that cost anything fail now.", _todo(left))
    below = f"That is less than {show_limit(threshold)}, and requests fail when nothing is left."
    return sentences(below, facts.pace(left.binding), _todo(left))


def _todo(left: Spendable) -> str:
    if left.binding == "budget":
        return "Raise the budget, or stop what is spending."
    return "Buy credits, or stop what is spending."
