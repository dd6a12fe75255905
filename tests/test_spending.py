"""Burn rate and time to empty."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from opencredits.spending import Point, burn_rate, time_to_empty

START = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(minutes, spent):
    """A point so many minutes after the start."""
    return Point(START + timedelta(minutes=minutes), Decimal(str(spent)))


def test_growth_over_the_window_is_the_rate():
    """Half a dollar in half an hour is a dollar an hour."""
    assert burn_rate([at(0, "10"), at(10, "10.1"), at(30, "10.5")], HOUR) == 1


def test_no_rate_before_five_minutes_of_history():
    """Two readings a minute apart say nothing about an hour."""
    assert burn_rate([at(0, 1), at(4.9, 9)], HOUR) is None
    assert burn_rate([], HOUR) is None
    assert burn_rate([at(0, 1), at(5, 2)], HOUR) == 12


def test_the_window_ends_what_happened_before_it():
    """An expensive morning is not in the rate of the last hour."""
    assert burn_rate([at(-300, 0), at(-60, 50), at(0, 51)], HOUR) == 1


def test_a_reading_before_the_window_is_shared_out_evenly():
    """Where the window begins between two readings, spending is even between them."""
    assert burn_rate([at(-120, 0), at(0, 2)], HOUR) == 1
    assert burn_rate([at(-5, 0), at(0, 1)], timedelta(minutes=1)) == 12


def test_a_counter_that_falls_does_not_bend_the_rate():
    """A budget's new day, or a refund, is no negative spend."""
    assert burn_rate([at(0, 10), at(20, 11), at(30, 0), at(60, 1)], HOUR) == 2


def test_idle_is_a_rate_of_zero_and_no_time_to_empty():
    """Nothing spent means that nobody can say when it ends."""
    rate = burn_rate([at(0, 5), at(10, 5)], HOUR)
    assert rate == 0
    assert time_to_empty(Decimal(5), rate) is None


def test_time_to_empty_is_what_is_left_by_the_rate():
    """$5.20 at $0.50 an hour lasts 37,440 seconds."""
    assert time_to_empty(Decimal("5.20"), Decimal("0.50")) == timedelta(seconds=37440)
    assert time_to_empty(Decimal(-1), Decimal("0.50")) is None
    assert time_to_empty(Decimal(0), Decimal(1)) is None
    assert time_to_empty(None, Decimal(1)) is None


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=30), st.integers(1, 1440))
def test_a_rate_is_never_negative_nor_more_than_all_growth(growths, window):
    """Whatever the counter does."""
    points = [at(5 * turn, spent) for turn, spent in enumerate(growths)]
    rate = burn_rate(points, timedelta(minutes=window))
    span = min(Decimal(5 * (len(points) - 1)), Decimal(window)) / 60
    assert rate is not None
    assert 0 <= rate <= Decimal(sum(growths)) / span + Decimal("0.0000001")
