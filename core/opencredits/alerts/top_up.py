"""Top-up: credits were bought since the reading before."""

from __future__ import annotations

from collections.abc import Iterator

from .. import money
from ..money import show_left
from .facts import Facts
from .finding import CREDITS_PAGE, Finding, sentences


def findings(facts: Facts) -> Iterator[Finding]:
    """An event, which is over once it is told."""
    before, now = facts.previous, facts.reading
    if before is None or before.credits.value is None or now.credits.value is None:
        return
    if not facts.is_fresh(now.credits.read_at):
        return
    invoice = facts.account.billed_by_invoice
    known, balance = before.balance(billed_by_invoice=invoice), now.balance(billed_by_invoice=invoice)
    if known is None or balance is None:  # zeros that stand for "not known" grow when another key asks
        return
    bought = now.credits.value.total_credits - before.credits.value.total_credits
    is_same = now.credits.value.total_usage >= before.credits.value.total_usage  # account as before
    if bought > 0 and is_same:
        yield Finding(
            "top_up",
            money.plain(now.credits.value.total_credits),
            "on",
            rank=1,
            title=facts.title(f"{show_left(bought)} bought"),
            message=sentences(f"{show_left(balance)} is left now.", facts.pace("balance")),
            passing=True,
            url=CREDITS_PAGE,
        )
