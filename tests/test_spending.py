"""What was spent, burn rate and time to empty."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencredits.spending import Counters, Point, burn_rate, points, spent_at, spent_since

START = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(minutes, spent):
    """A point so many minutes after the start."""
    return Point(START + timedelta(minutes=minutes), Decimal(str(spent)))


def read(minutes, credits=None, total=None, usage=None):
    """A reading so many minutes after the start; amounts in dollars."""
    known = [None if each is None else Decimal(str(each)) for each in (credits, total, usage)]
    return Counters(START + timedelta(minutes=minutes), *known)


def spent(*history, counter="total_usage"):
    """What was spent at each of those readings that know it."""
    return [point.spent for point in points(history, counter)]


def test_spending_is_the_growth_since_the_first_reading():
    """Of those readings that know the counter."""
    history = [read(0, 100, 10, 1), read(5, usage=2), read(10, 100, "10.5", 4)]
    assert spent(*history) == [0, Decimal("0.5")]
    assert spent(*history, counter="usage") == [0, 1, 3]


def test_a_top_up_or_a_refund_is_no_spending():
    """Only usage counts, whatever happens to the credits."""
    assert spent(read(0, 100, 10), read(5, 120, 11), read(10, 90, 12)) == [0, 1, 2]


def test_a_counter_that_falls_counts_on_from_there():
    """The fall takes nothing back, and what was spent beside it is not known."""
    assert spent(read(0, 9, 5), read(5, 9, 7), read(10, 9, 1), read(15, 9, 4)) == [0, 2, 2, 5]
    assert spent(read(0, usage=5), read(5, usage=0), read(6, usage=1), counter="usage") == [0, 0, 1]


@pytest.mark.parametrize(
    ("before", "after", "counted"),
    [
        ((100, 94), (500, 320), 0),
        ((500, 320), (100, 94), 0),
        ((100, 94), (100, 104), 10),  # without other credits it can only be spending
        ((100, 94), (500, 96), 2),
        ((100, 50), (500, "60.01"), 0),
    ],
)
def test_a_reading_of_another_account_is_no_spending(before, after, counted):
    """Other credits, and usage that fell or jumped by more than anybody spends in five minutes."""
    assert spent(read(0, *before), read(5, *after)) == [0, counted]


def test_what_the_key_itself_spent_explains_a_jump():
    """An agent that loops on an account with automatic top-ups is counted."""
    assert spent(read(0, 100, 94, 30), read(5, 150, 134, 70)) == [0, 40]
    assert spent(read(0, 100, 94, 30), read(5, 150, 134, 31)) == [0, 0]
    assert spent(read(0, 100, 94), read(5, 150, 134, 70)) == [0, 0]


def test_in_a_long_gap_much_may_be_spent_and_bought():
    """A week without readings, at $2 an hour."""
    assert spent(read(0, 100, 94), read(7 * 1440, 500, 430)) == [0, 336]


def test_zeros_beside_a_key_that_has_spent_are_no_answer():
    """As `/credits` answers to many ordinary keys; those of a new account count."""
    assert spent(read(0, 100, 3, 3), read(5, 0, 0, 3), read(10, 100, 4, 4)) == [0, 1]
    assert spent(read(0, 0, 0), read(5, 9, 2, 2)) == [0]
    assert spent(read(0, 0, 0, 0), read(5, 9, 2, 2)) == [0, 2]


def test_between_two_points_spending_is_even():
    """To the billionth of a dollar, and not known outside of them."""
    known = [at(0, 0), at(3, 1), at(3, 2), at(10, 2)]
    assert spent_at(known, START + timedelta(minutes=1)) == Decimal("0.333333333")
    assert spent_at(known, START + timedelta(minutes=3)) == 1
    assert spent_at(known, START + timedelta(minutes=10)) == 2
    assert spent_at(known, START - timedelta(seconds=1)) is None
    assert spent_at(known, START + timedelta(minutes=11)) is None
    assert spent_at([], START) is None


@pytest.mark.parametrize(("minutes", "since"), [(-61, None), (-60, 5), (0, 5), (30, 4), (60, 3), (61, None)])
def test_what_was_spent_since_a_time(minutes, since):
    """A history that begins less than an hour later is good enough, one that ended before is not."""
    assert spent_since([at(0, 0), at(60, 2), at(60, 5)], START + timedelta(minutes=minutes)) == since


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
    history = [read(0, usage=10), read(20, usage=11), read(30, usage=0), read(60, usage=1)]
    assert burn_rate(points(history, "usage"), HOUR) == 2


def test_idle_is_a_rate_of_zero():
    """It is known that nothing is spent."""
    assert burn_rate([at(0, 5), at(10, 5)], HOUR) == 0


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=30), st.integers(1, 1440))
def test_a_rate_is_never_negative_nor_more_than_all_growth(growths, window):
    """Whatever the counter does."""
    history = [read(5 * turn, usage=stood) for turn, stood in enumerate(growths)]
    rate = burn_rate(points(history, "usage"), timedelta(minutes=window))
    span = min(Decimal(5 * (len(growths) - 1)), Decimal(window)) / 60
    assert rate is not None
    assert 0 <= rate <= Decimal(sum(growths)) / span + Decimal("0.0000001")


_AMOUNT = st.none() | st.integers(0, 30)


@given(st.lists(st.tuples(st.integers(0, 60), _AMOUNT, _AMOUNT, _AMOUNT), max_size=30))
def test_what_was_spent_never_falls(turns):
    """Nor does it grow by more than the counter did, whatever is read."""
    minutes, history = 0, []
    for wait, *known in turns:
        minutes += wait
        history.append(read(minutes, *known))
    for counter in ("total_usage", "usage"):
        line = spent(*history, counter=counter)
        values = [each.value(counter) for each in history if each.value(counter) is not None]
        for turn in range(1, len(line)):
            assert 0 <= line[turn] - line[turn - 1] <= max(0, values[turn] - values[turn - 1])
