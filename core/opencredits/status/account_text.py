"""What a status bar says about one account whose figures are known. Pure."""

from __future__ import annotations

from decimal import Decimal

from .. import template
from ..moment import show_span
from ..money import show_left, show_rate, show_spent
from .figures import Figures

OLD = "old"
"""The age of a figure when nobody can say how old it will be."""

_BINDING_WORDS = {"balance": None, "key_limit": "key limit", "budget": "budget"}


def account_text(figures: Figures, age: str | None) -> str:
    """One line. With an age the figure is old, and the text says so whatever the format."""
    label, notes, form = figures.account.label, _notes(figures, age), figures.settings.format
    if figures.state == "free":
        return f"{label}: Free ({notes})" if notes else f"{label}: Free"
    text = template.render(form, _values(figures, age, notes))
    shows_age = "{notes}" in form or "{age}" in form
    return text if age is None or shows_age else f"{text} ({_ago(age)})"


def short_text(figures: Figures) -> str | None:
    """The amount alone."""
    if figures.state == "free":
        return None
    return show_left(figures.spendable.amount) if figures.spendable else "PAYG"


def _notes(figures: Figures, age: str | None) -> str | None:
    today = _spent(figures.today) if age != OLD else None
    quota = figures.free_requests if age != OLD else None
    notes = (
        _binding_word(figures),
        f"{today} today" if today and figures.state == "payg" else None,
        f"{quota.remaining} of {quota.limit} left" if quota else None,
        _rate(figures, age),
        _ago(age) if age else None,
    )
    return ", ".join(note for note in notes if note) or None


def _values(figures: Figures, age: str | None, notes: str | None) -> dict[str, str | None]:
    key, spendable = figures.key, figures.spendable
    return {
        "label": figures.account.label,
        "amount": short_text(figures),
        "notes": notes,
        "spendable": _left(spendable.amount if spendable else None),
        "balance": _left(figures.balance),
        "limit": _left(key.limit if key else None),
        "binding": (_binding_word(figures) or "balance") if spendable else None,
        "today": _spent(figures.today) if age != OLD else None,
        "week": _spent(key.usage_weekly) if key else None,
        "month": _spent(key.usage_monthly) if key else None,
        "rate": _rate(figures, age),
        "time_to_empty": figures.forecast.short() if figures.forecast and not age else None,
        "age": age or show_span(figures.now - figures.read_at),
    }


def _rate(figures: Figures, age: str | None) -> str | None:
    return show_rate(figures.rate) if figures.rate is not None and age is None else None


def _binding_word(figures: Figures) -> str | None:
    return (
        _BINDING_WORDS[figures.spendable.binding] if figures.spendable and figures.state != "free" else None
    )


def _ago(age: str) -> str:
    return age if age == OLD else f"{age} ago"


def _spent(amount: Decimal | None) -> str | None:
    return None if amount is None else show_spent(amount)


def _left(amount: Decimal | None) -> str | None:
    return None if amount is None else show_left(amount)
