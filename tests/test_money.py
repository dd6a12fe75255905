"""Dollars: rounding on arrival, and the two ways to show them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencredits import money

AMOUNTS = st.decimals(min_value=-8_999_999_999, max_value=8_999_999_999, places=9)


@pytest.mark.parametrize(
    ("given_amount", "left", "spent"),
    [
        ("5.2", "$5.20", "$5.20"),
        ("1234.567", "$1,234.56", "$1,234.57"),
        ("-0.077017902", "-$0.08", "-$0.08"),
        ("-0.001", "-$0.01", "$0.00"),
        ("0.009", "$0.00", "$0.01"),
        ("0", "$0.00", "$0.00"),
        ("-0", "$0.00", "$0.00"),
        ("-1.25", "-$1.25", "-$1.25"),
    ],
)
def test_what_is_left_is_never_shown_as_more_than_it_is(given_amount, left, spent):
    """Balances round down to the cent, debts keep their sign, spend goes to the nearest cent."""
    amount = money.parse(given_amount)
    assert (money.show_left(amount), money.show_spent(amount)) == (left, spent)


@pytest.mark.parametrize(
    ("per_hour", "shown"),
    [
        ("0.5", "-$0.50/hr"),
        ("1234.5", "-$1,234.50/hr"),
        ("0.01", "-$0.01/hr"),
        ("0.0042", "-$0.0042/hr"),
        ("0.00004", None),
        ("0", None),
        ("-1", None),
    ],
)
def test_a_rate_that_would_print_as_zero_is_not_shown(per_hour, shown):
    """Under a cent a rate shows four decimals."""
    assert money.show_rate(Decimal(per_hour)) == shown


@pytest.mark.parametrize(
    ("amount", "beside", "shown"),
    [
        ("2.01", "2", "$2.01"),
        ("2.004", "2", "$2.004"),
        ("2.00000004", "2", "$2.00000004"),
        ("1.9996", "2", "$1.9996"),
        ("2.004", "2.004", "$2.004"),
        ("2.006", "2.005", "$2.01"),
        ("0.00000004", "0", "$0.00000004"),
    ],
)
def test_an_amount_has_the_digits_that_tell_it_from_another(amount, beside, shown):
    """So that 2.004 does not look like the 2 that it exceeds; so does a rate."""
    amount, beside = Decimal(amount), Decimal(beside)
    assert money.show_spent(amount, beside) == shown
    assert money.show_rate(amount, beside) == f"-{shown}/hr"


@pytest.mark.parametrize(
    ("amount", "shown"), [("5", "$5.00"), ("1234.5", "$1,234.50"), ("0.0004", "$0.0004"), ("-0", "$0.00")]
)
def test_a_limit_has_all_of_its_digits(amount, shown):
    """Two decimals at least."""
    assert money.show_limit(Decimal(amount)) == shown


@pytest.mark.parametrize(
    "bad", ["NaN", "Infinity", "-Infinity", "1e400", "9000000000", "-9000000000", "x", ""]
)
def test_what_is_no_amount_is_refused(bad):
    """Nothing that is not finite, or too large for the store, becomes money."""
    with pytest.raises(ValueError, match=r"number|amount"):
        money.parse(bad)


def test_thirty_decimals_are_rounded_half_even_to_a_billionth():
    """Amounts keep nine decimals, as OpenRouter sends them."""
    assert money.parse("0.000000000500000000000000000000") == 0
    assert money.parse("0.000000001500000000000000000001") == Decimal("0.000000002")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("5.2", "5.20"),
        ("100", "100.00"),
        ("0.123456789", "0.123456789"),
        ("-0.08", "-0.08"),
        ("-0.000", "0.00"),
        ("1e-9", "0.000000001"),
    ],
)
def test_json_has_plain_decimal_strings(amount, text):
    """Two decimals at least, and never an exponent."""
    assert money.plain(Decimal(amount)) == text


@given(AMOUNTS)
def test_amounts_survive_the_store_and_json(amount):
    """Nanodollars and decimal strings lose nothing."""
    amount = money.parse(amount)
    assert money.from_nano(money.to_nano(amount)) == amount
    assert money.parse(money.plain(amount)) == amount


@given(AMOUNTS)
def test_no_amount_shows_as_minus_zero(amount):
    """`-$0.00` would frighten for nothing."""
    assert "-$0.00" not in (money.show_left(amount), money.show_spent(amount))
