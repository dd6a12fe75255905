"""Budgets of one's own, by the local calendar: used up to a part, wholly, or soon at this rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ..history.bounds import By, begin_of
from ..moment import show_clock
from ..money import show_limit, show_spent
from .facts import Facts
from .finding import ACTIVITY_PAGE, Finding, State, sentences, state

_BAND = 5  # percent of the budget
# A rate says little about the day after, and nothing about a day that has only begun.
_FORESEEN = 6  # hours
_FORESEEN_NO_MORE = 9
_LEAST_USED = Decimal("0.5")
_NO_LONGER = Decimal("0.9")
_STEPS = ("warn", "ahead", "full")
_OF: Mapping[str, tuple[By, str]] = {
    "daily": ("day", "today"),
    "weekly": ("week", "this week"),
    "monthly": ("month", "this month"),
}


@dataclass(frozen=True)
class _Budget:
    """One of them, with what was spent of it."""

    name: str
    by: By
    of: str
    limit: Decimal
    spent: Decimal


def findings(facts: Facts) -> Iterator[Finding]:
    """Of each budget that is set and whose spending is known."""
    if not facts.reading.succeeded:
        return
    for name, (by, of) in _OF.items():
        limit, spent = getattr(facts.alerts, f"budget_{name}"), facts.spent.get(name)
        if not limit:
            yield from (Finding("budget", f"{name} {step}", "off", 0) for step in _STEPS)
        elif spent is not None:
            yield from _of_one(facts, _Budget(name, by, of, limit, spent))


def _of_one(facts: Facts, budget: _Budget) -> Iterator[Finding]:
    share = budget.spent * 100 / budget.limit
    used = f"{int(share)} % of the {budget.name} budget spent"
    amount = show_spent(budget.spent, beside=budget.limit)
    spent = f"{amount} of {show_limit(budget.limit)} for {budget.of} is spent."
    warned = facts.alerts.budget_warn_at
    yield _finding(facts, budget, "warn", state(on=share >= warned, off=share < warned - _BAND), used, spent)
    if facts.per_hour is not None:
        yield _ahead(facts, budget, facts.per_hour, spent)
    full = state(on=share >= 100, off=share < 100 - _BAND)
    told = f"{spent} Nothing is blocked by that; stop what is spending, or allow yourself more."
    yield _finding(facts, budget, "full", full, f"the {budget.name} budget is used up", told)


def _ahead(facts: Facts, budget: _Budget, per_hour: Decimal, spent: str) -> Finding:
    """Whether it will be exceeded soon; one that is exceeded stays as it was."""
    rest = budget.limit - budget.spent
    if rest <= 0:
        return _finding(facts, budget, "ahead", "hold", "", "")
    hours = rest / per_hour if per_hour else Decimal("Infinity")
    to_come = per_hour * _hours_left(budget.by, facts.now)
    soon = hours <= _FORESEEN and to_come > rest and budget.spent >= budget.limit * _LEAST_USED
    over = hours > _FORESEEN_NO_MORE or budget.spent + to_come < budget.limit * _NO_LONGER
    if not soon:
        return _finding(facts, budget, "ahead", state(on=False, off=over), "", "")
    by = show_clock(facts.now.astimezone(UTC) + timedelta(hours=float(hours)), facts.now)
    title = f"the {budget.name} budget will be exceeded by {by} at this rate"
    return _finding(facts, budget, "ahead", "on", title, sentences(spent, facts.pace()))


def _finding(facts: Facts, budget: _Budget, step: str, state: State, title: str, message: str) -> Finding:
    return Finding(
        "budget",
        f"{budget.name} {step}",
        state,
        rank=_STEPS.index(step),
        level="error" if step == "full" else "warn",
        title=facts.title(title),
        message=message,
        url=ACTIVITY_PAGE,
    )


def _hours_left(by: By, now: datetime) -> Decimal:
    """Until the day, week or month of the local calendar ends."""
    end = begin_of(by, now, now.tzinfo or UTC, back=-1)
    return Decimal(str((end - now).total_seconds())) / 3600
