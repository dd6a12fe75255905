"""Readings: what can be spent, what binds, and what is kept when a part fails."""

from datetime import timedelta
from decimal import Decimal

import pytest

from opencredits.reading import Fault, Part, Reading
from readings import NOW, OFFLINE, REFUSED, REJECTED, budget, credits, funded, key, reading

LATER = NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("poll", "balance"),
    [
        (reading(key(), credits("100.5", "25.75")), "74.75"),
        (reading(key(), credits("770.8176", "770.893717902")), "-0.076117902"),
        (reading(key(usage="3"), credits("0", "0")), None),
        (reading(key(usage="0"), credits("0", "0")), None),
        (reading(key(), credits("0", "12")), None),
        (reading(key(usage="3", is_free_tier=True), credits("0", "0")), None),
        (reading(key(usage="0", is_free_tier=True), credits("0", "0")), "0"),
        (reading(OFFLINE, credits("0", "0")), None),
        (reading(OFFLINE, credits("10", "4")), "6"),
        (reading(key(), REFUSED), None),
    ],
)
def test_balance(poll, balance):
    """Zeros of funded accounts are no balance, debts are; a refused or empty answer is unknown."""
    assert poll.balance() == (None if balance is None else Decimal(balance))


def test_an_invoiced_account_has_no_balance():
    """Its counters would read as an enormous debt."""
    assert reading(key(), credits("0.01", "900")).balance(billed_by_invoice=True) is None


@pytest.mark.parametrize(
    ("poll", "amount", "binding"),
    [
        (funded("5.20"), "5.20", "balance"),
        (funded("5.20", limit="10", limit_remaining="3.10"), "3.10", "key_limit"),
        (funded("5.20", limit="10", limit_remaining="5.20"), "5.20", "balance"),
        (funded("5.20", limit="0", limit_remaining="0"), "0", "key_limit"),
        (funded("5.20", limit="10", limit_remaining="-0.50"), "-0.50", "key_limit"),
        (funded("5.20", limit_remaining="1"), "5.20", "balance"),
        (funded("5.20", effective_budget=budget("2", limit="500")), "2", "budget"),
        (funded("5.20", effective_budget=budget("2", scope="key_limit")), "2", "key_limit"),
        (funded("5", limit="9", limit_remaining="2", effective_budget=budget("2")), "2", "key_limit"),
        (reading(key(), REFUSED), None, None),
    ],
)
def test_the_least_of_what_is_known_binds(poll, amount, binding):
    """At equal amounts the balance comes first, then the key limit, then the budget."""
    spendable = poll.spendable()
    if amount is None:
        assert spendable is None
    else:
        assert (spendable.amount, spendable.binding) == (Decimal(amount), binding)


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({"limit_reset": "daily", "usage_daily": "1"}, "9"),
        ({"limit_reset": "weekly", "usage_weekly": "2"}, "8"),
        ({"limit_reset": "monthly", "usage_monthly": "3"}, "7"),
        ({"usage": "4"}, "6"),
        ({"limit_reset": "daily", "usage": "4"}, None),
        ({"limit_reset": "daily", "usage_daily": "1", "byok_usage_daily": "2"}, "9"),
        (
            {
                "limit_reset": "daily",
                "usage_daily": "1",
                "byok_usage_daily": "2",
                "include_byok_in_limit": True,
            },
            "7",
        ),
        ({"limit_remaining": "5", "usage": "4"}, "5"),
    ],
)
def test_what_is_left_of_a_limit_is_of_its_own_window(fields, left):
    """Lifetime usage says nothing about a cap that resets each day."""
    assert key(limit="10", **fields).left_of_limit() == (None if left is None else Decimal(left))


def test_a_part_that_fails_for_a_passing_reason_keeps_its_value_and_time():
    """$5.20, then 500 on `/credits`, is still $5.20, of then."""
    kept = reading(key(), OFFLINE, at=LATER).after(funded("5.20"))
    assert kept.balance() == Decimal("5.20")
    assert (kept.credits.read_at, kept.key.read_at) == (NOW, LATER)
    assert kept.credits.fault == OFFLINE
    assert kept.succeeded


def test_a_refused_part_is_unknown_at_once():
    """Who may no longer see the balance is not shown an old one."""
    assert reading(key(), REFUSED, at=LATER).after(funded()).balance() is None


def test_zeros_make_the_balance_unknown_at_once():
    """An answer is an answer."""
    assert reading(key(), credits("0", "0"), at=LATER).after(funded()).balance() is None


def test_a_question_that_was_not_asked_keeps_why_it_is_unknown():
    """After "no permission" `/credits` is left out, and the reason stays."""
    first = reading(key(), REFUSED)
    assert Reading(LATER, Part(key(), LATER)).after(first).credits.fault == REFUSED


def test_a_rejected_key_wins_over_an_answer_of_credits():
    """401 of `/key` means that the key is wrong, whatever else answered."""
    poll = reading(REJECTED, credits("10", "4"))
    assert poll.rejected
    assert not poll.succeeded
    assert poll.fault == REJECTED


def test_one_part_answering_is_success():
    """Only when nothing answered did the poll fail; the fault is then that of `/key`."""
    other = Fault("timeout", "offline", "", "")
    assert reading(OFFLINE, credits("10", "4")).fault is None
    assert reading(OFFLINE, other).fault == OFFLINE
    assert reading(OFFLINE, other, at=LATER).after(funded()).fault == OFFLINE


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        (funded("5"), funded("4"), True),
        (funded("5", usage="1"), funded("5", usage="1.1"), True),
        (funded("5"), funded("5"), False),
        (funded("5"), funded("25"), False),
        (None, funded("5"), False),
        (reading(OFFLINE, OFFLINE), funded("5"), False),
    ],
)
def test_money_moves_when_a_usage_counter_grew(before, after, moved):
    """A top-up, or a first reading, is no spending."""
    assert after.has_moved_since(before) is moved


def test_history_takes_only_what_this_poll_read():
    """A value that was kept from an earlier poll is not read again."""
    kept = reading(key(usage="7"), OFFLINE, at=LATER).after(funded())
    counters = kept.counters()
    assert (counters.usage, counters.total_usage) == (Decimal(7), None)
    assert reading(OFFLINE, OFFLINE, at=LATER).after(funded()).counters() is None
