"""What is left and how fast it goes, held against limits."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencredits.config import AccountSettings, Settings
from opencredits.guard import Limits, judge
from opencredits.reading import Fault, Part
from opencredits.spending import Counters
from opencredits.status import View
from opencredits.status.account_status import account_status
from readings import NOW, OFFLINE, REJECTED, credits, funded, key, reading

HALF_HOUR = timedelta(minutes=30)


def account(read, per_hour=None, *, label="OpenRouter"):
    """An account as it is shown, which has spent at this rate for half an hour; None: nobody has looked."""
    history = []
    if per_hour is not None:
        grown = Decimal(per_hour) / 2
        history = [
            Counters(NOW + ago, total_usage=10 + spent, usage=10 + spent)
            for ago, spent in ((-HALF_HOUR, Decimal(0)), (timedelta(0), grown))
        ]
    view = View(AccountSettings("default", label=label), read, history)
    return account_status(view, Settings(), NOW)


def verdict(read, per_hour=None, *, later=timedelta(0), **limits):
    """What one account is judged to be."""
    amounts = {name: Decimal(value) for name, value in limits.items()}
    return judge(Limits(**amounts), [account(read, per_hour)], NOW + later)


@pytest.mark.parametrize(
    ("balance", "least", "safe"),
    [("5", "5", True), ("4.99", "5", False), ("0", "0", True), ("-0.01", "0", False), ("-3", "5", False)],
)
def test_so_much_has_to_be_left(balance, least, safe):
    """Exactly that is enough, and 0 is a limit."""
    assert verdict(funded(balance), min_balance=least).safe is safe


def test_what_is_left_is_what_can_be_spent():
    """A key limit counts as the balance does."""
    read = funded("50", limit="10", limit_remaining="1")
    assert verdict(read, min_balance="2").safe is False


@pytest.mark.parametrize(
    ("per_hour", "most", "safe"),
    [("2", "2", True), ("2.01", "2", False), ("0", "0", True), ("0.01", "0", False), (None, "2", None)],
)
def test_no_more_may_be_going(per_hour, most, safe):
    """Without 5 minutes of history nobody knows."""
    assert verdict(funded("50"), per_hour, max_rate=most).safe is safe


@pytest.mark.parametrize(
    ("balance", "per_hour", "hours", "safe"),
    [
        ("6", "2", "3", True), ("6", "2", "3.01", False), ("6", "0", "8760", True), ("6", None, "1", None),
        ("0", "2", "1", False), ("-1", "0", "1", False), ("-1", "2", "0", True),
    ],
)  # fmt: skip
def test_it_has_to_last_so_long(balance, per_hour, hours, safe):
    """At the rate of now; what nobody spends lasts for ever, and nothing lasts no time."""
    assert verdict(funded(balance), per_hour, min_hours=hours).safe is safe


def test_what_is_filled_up_again_before_lasts():
    """A daily limit of which an hour is left at a quarter to twelve."""
    shown = replace(account(funded("1"), "1"), lasts_until_reset_at=NOW + timedelta(minutes=15))
    assert judge(Limits(min_hours=Decimal(3)), [shown], NOW).safe is True


def test_without_a_balance_or_a_limit_nobody_knows_what_is_left():
    """But the rate of such an account is known."""
    read = reading(key(), credits("0", "0"))
    assert verdict(read, "1", min_balance="0").safe is None
    found = verdict(read, None, min_balance="1", min_hours="0")
    said = "OpenRouter: what is left is not known ('opencredits status' says why)."
    assert (found.safe, found.sentence) == (None, f"Not known whether it is safe: {said}")
    assert verdict(read, "1", max_rate="2").safe is True


def test_a_failed_limit_beats_one_that_is_not_known():
    """In whichever order."""
    found = verdict(funded("1"), min_balance="5", max_rate="2", min_hours="1")
    assert found.safe is False
    assert found.sentence == "Not safe: OpenRouter: $1.00 is left (less than $5.00)."


@pytest.mark.parametrize(("age", "safe"), [(60, True), (61, None), (-1, None)])
def test_a_reading_is_judged_for_a_minute(age, safe):
    """And not one of the future, which a clock that was set back leaves behind."""
    assert verdict(funded("50"), min_balance="5", later=timedelta(seconds=age)).safe is safe


def test_an_old_balance_beside_a_new_key_is_old():
    """What could not be read is not what it was."""
    old = Part(credits("100", "1"), NOW - timedelta(minutes=2), OFFLINE)
    found = verdict(reading(key(), old), min_balance="5")
    assert (found.safe, "was not found" in found.sentence) == (None, True)


@pytest.mark.parametrize(
    ("read", "why"),
    [
        (reading(OFFLINE, OFFLINE), "The name openrouter.ai was not found. Check the network connection."),
        (reading(REJECTED, credits("100", "1")), "User not found. Check it."),
        (None, "nothing was read yet."),
    ],
)
def test_why_it_is_not_known_is_said(read, why):
    found = verdict(read, min_balance="5")
    assert (found.safe, found.sentence) == (None, f"Not known whether it is safe: OpenRouter: {why}")


def test_how_old_it_is_is_said():
    found = verdict(funded("50"), min_balance="5", later=timedelta(minutes=3))
    assert found.sentence.endswith("OpenRouter: the last reading is 3m old.")


def test_all_accounts_have_to_be_safe():
    """Those that are not are named."""
    accounts = [
        account(funded(balance), label=label) for balance, label in (("9", "A"), ("4", "B"), ("3", "C"))
    ]
    found = judge(Limits(min_balance=Decimal(5)), accounts, NOW)
    assert found.safe is False
    assert found.sentence == (
        "Not safe: B: $4.00 is left (less than $5.00); C: $3.00 is left (less than $5.00)."
    )


def test_one_failed_account_beats_one_that_is_not_known():
    lost = account(None, label="lost")
    limits = Limits(min_balance=Decimal(5))
    assert judge(limits, [lost, account(funded("4"))], NOW).safe is False
    assert judge(limits, [account(funded("9")), lost], NOW).safe is None


def test_without_any_account_nobody_knows():
    assert judge(Limits(min_balance=Decimal(0)), [], NOW).safe is None


def test_what_is_safe_is_said_with_its_figures():
    """One sentence, whatever was asked."""
    found = verdict(funded("6"), "2", min_balance="5", max_rate="3", min_hours="2")
    assert found.sentence == (
        "Safe: OpenRouter: $6.00 is left, $2.00/hr is being spent, what is left lasts 3 hours at $2.00/hr."
    )


@pytest.mark.parametrize(
    ("balance", "least", "lasts"),
    [
        ("2.99", "1.5", "1.4 hours at $2.00/hr (less than 1.5 hours)"),
        ("1", "1", "0.5 hours at $2.00/hr (less than 1 hour)"),
        ("9999", "8760", "4,999.5 hours at $2.00/hr (less than 8,760 hours)"),
    ],
)
def test_hours_are_said_so_exactly_that_they_can_be_compared(balance, least, lasts):
    found = verdict(funded(balance), "2", min_hours=least)
    assert found.sentence == f"Not safe: OpenRouter: what is left lasts {lasts}."


@pytest.mark.parametrize(
    ("balance", "per_hour", "limits", "why"),
    [
        ("9", "2.004", {"max_rate": "2"}, "$2.004/hr is being spent (more than $2.00/hr)"),
        ("9", "0.008", {"max_rate": "0.00796"}, "$0.0080/hr is being spent (more than $0.00796/hr)"),
        ("9", "0.00004", {"max_rate": "0"}, "$0.00004/hr is being spent (more than $0.00/hr)"),
        ("4.999", None, {"min_balance": "5"}, "$4.99 is left (less than $5.00)"),
        ("4.991", None, {"min_balance": "4.999"}, "$4.99 is left (less than $4.999)"),
    ],
)
def test_a_figure_that_fails_does_not_look_like_its_limit(balance, per_hour, limits, why):
    """It has as many digits as it takes."""
    assert verdict(funded(balance), per_hour, **limits).sentence == f"Not safe: OpenRouter: {why}."


def test_a_rate_at_which_it_runs_out_does_not_look_like_none():
    """However low it is."""
    found = verdict(funded("1"), "0.00004", min_hours="8760")
    assert found.sentence == "Safe: OpenRouter: what is left lasts 25,000 hours at $0.00004/hr."


NEARLY_TWO = st.integers(-(10**7), 10**7).map(lambda nano: 2 + Decimal(nano).scaleb(-9))


@given(NEARLY_TWO, NEARLY_TWO)
def test_figures_compare_as_amounts_do(amount, limit):
    """Whatever fails, the first figure of its sentence is on the wrong side of the last."""
    too_much = verdict(funded("9"), amount, max_rate=limit)
    too_little = [verdict(funded(amount), "1", **{name: limit}) for name in ("min_balance", "min_hours")]
    for found in (too_much, *too_little):
        if found.safe is False:
            first, *_, last = (Decimal(each) for each in re.findall(r"\d+\.?\d*", found.sentence))
            assert first > last if found is too_much else first < last


def test_what_several_limits_need_is_said_to_be_unknown_once():
    found = verdict(funded("50"), None, max_rate="1", min_hours="1")
    assert found.sentence.count("the rate is not known") == 1


def test_a_fault_that_is_none_of_the_figure_s_does_not_stop_anything():
    """A balance that this key may not see is no error, where its limit binds."""
    refused = Fault("no_permission", "no permission", "Only management keys can do this.", "Use one.")
    read = reading(key(limit="10", limit_remaining="6"), refused)
    assert verdict(read, min_balance="5").safe is True
