"""When the money will be used up, and how that is said."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencredits.forecast import Profile
from opencredits.forecast.forecast import LONGEST, forecast
from opencredits.forecast.span_range import show_range, spell_range
from opencredits.spending import Point
from test_profile import BERLIN, MONDAY, at_work, line

START = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HABIT = line(28, at_work)
PROFILE = Profile.learned(HABIT, BERLIN, HABIT[-1].at)


def points(*known, start=START):
    """Of pairs: minutes after the start, dollars."""
    return [Point(start + minutes * MINUTE, Decimal(str(spent))) for minutes, spent in known]


def found(spendable, recent, profile=None, zone=UTC):
    """A forecast at the time of the newest point."""
    return forecast(Decimal(spendable), recent, profile, recent[-1].at.astimezone(zone))


def working(at, per_hour=2):
    """Points of an hour of work that goes on at a local time."""
    return [
        Point((at - HOUR).astimezone(UTC) + turn * MINUTE, Decimal(per_hour * turn) / 60)
        for turn in range(61)
    ]


def test_without_a_habit_all_goes_on_as_it_goes():
    """$5.20 at $0.50 an hour; it may go twice as fast, and nobody knows who sleeps when."""
    lasts = found("5.20", points((0, 1), (30, "1.25"), (60, "1.50")))
    assert lasts.middle == timedelta(hours=10.4)
    assert lasts.low == timedelta(hours=5.2)
    assert lasts.high > 2 * lasts.middle


@pytest.mark.parametrize(
    ("spendable", "recent"),
    [
        ("5", points((0, 1), (4, 2))),
        ("5", points((0, 1))),
        ("5", points((0, 1), (60, 1))),
        ("5", points((0, 1), (45, 2), (50, 2), (55, 2))),
        ("0", points((0, 1), (60, 2))),
        ("-1", points((0, 1), (60, 2))),
    ],
    ids=["four minutes", "one reading", "nothing spent", "idle for ten minutes", "empty", "overdrawn"],
)
def test_nothing_is_said_where_it_would_mean_nothing(spendable, recent):
    """Too little history, idle, or nothing left."""
    assert found(spendable, recent) is None


def test_nothing_is_said_of_an_unknown_amount():
    """Nor where nothing was read."""
    assert forecast(None, points((0, 1), (60, 2)), None, START) is None
    assert forecast(Decimal(5), [], None, START) is None


def test_a_pause_under_ten_minutes_is_no_end_of_work():
    """Somebody reads what the agent has written."""
    assert found("5", points((0, 1), (50, 2), (59, 2))) is not None


def test_rare_polls_are_no_pause():
    """What was spent since the last poll is spent now, as far as anybody knows."""
    assert found("5", points((0, 1), (60, 2), (120, 3))).middle == 5 * HOUR


def test_an_agent_that_has_just_begun_goes_as_fast_as_it_goes():
    """The idle part of the window says nothing about it: $2 in 20 minutes are $6 an hour."""
    recent = points((0, 1), (20, 1), (40, 1), (45, "1.5"), (50, 2), (55, "2.5"), (60, 3))
    assert found("3", recent).middle == pytest.approx(HOUR / 2, abs=MINUTE)


def test_a_habit_knows_of_the_evening():
    """Four hours of work are left at ten to five: used up tomorrow, though the rate says tonight."""
    evening = datetime(2026, 11, 10, 16, 50, tzinfo=BERLIN)
    lasts = found("8", working(evening), PROFILE, BERLIN)
    assert 15 * HOUR < lasts.low <= lasts.middle < lasts.high < 24 * HOUR


def test_a_habit_knows_of_the_weekend():
    """The same on a Friday: used up on Monday."""
    friday = datetime(2026, 11, 13, 16, 50, tzinfo=BERLIN)
    assert found("8", working(friday), PROFILE, BERLIN).middle > 60 * HOUR


def test_a_habit_goes_by_the_clock_on_the_wall():
    """The night in which the clocks go back is an hour longer."""
    saturday = MONDAY + timedelta(days=12)
    all_days = line(28, lambda local: 2 if 9 <= local.hour < 17 else 0)
    profile = Profile.learned(all_days, BERLIN, all_days[-1].at)
    usual, longer = (
        found("8", working((saturday + timedelta(days=back)).replace(hour=16, minute=50)), profile, BERLIN)
        for back in (-1, 0)
    )
    assert longer.middle - usual.middle == pytest.approx(HOUR, abs=5 * MINUTE)


def test_what_goes_faster_than_ever_goes_on():
    """A habit knows nothing of an agent that loops."""
    noon = datetime(2026, 11, 10, 12, 0, tzinfo=BERLIN)
    looping = working(noon, per_hour=40)
    assert found("20", looping, PROFILE, BERLIN) == found("20", looping)


def test_what_lasts_for_long_is_told_by_the_average():
    """Beyond some weeks nobody looks at single hours."""
    assert found("1000", points((0, 1), (60, 2))).middle == 1000 * HOUR
    noon = datetime(2026, 11, 10, 12, 0, tzinfo=BERLIN)
    assert found("400", working(noon), PROFILE, BERLIN).middle == pytest.approx(35 * 24 * HOUR, rel=0.2)


def test_the_pace_is_that_of_the_last_twenty_minutes():
    """Whatever the hour before was like: $0.50 in twenty minutes."""
    lasts = found("3", points((0, 0), (20, 4), (40, 4.5), (60, 5)))
    assert lasts.middle == pytest.approx(2 * HOUR, abs=MINUTE)


@pytest.mark.parametrize("profile", [None, PROFILE])
@given(st.lists(st.integers(0, 500), min_size=8, max_size=30), st.integers(1, 10**9), st.integers(1, 1000))
def test_more_money_lasts_longer(profile, growths, cents, more):
    """And low is never beyond high, however much it is."""
    recent = points(*((4 * turn, sum(growths[: turn + 1]) / 100) for turn in range(len(growths))))
    some = found(Decimal(cents) / 100, recent, profile, BERLIN)
    rich = found(Decimal(cents + more) / 100, recent, profile, BERLIN)
    assert (some is None) == (rich is None)
    if some is not None:
        assert timedelta(0) < some.low <= some.middle <= some.high <= LONGEST
        assert (some.low, some.middle, some.high) <= (rich.low, rich.middle, rich.high)


@pytest.mark.parametrize(
    ("low", "high", "spelled", "short"),
    [
        (0.001, 0.01, "about 1 minute", "1m"),
        (0.05, 0.1, "about 3 to 6 minutes", "3m-6m"),
        (0.75, 1.9, "about 45 to 115 minutes", "45m-115m"),
        (1.05, 1.4, "about 60 to 85 minutes", "60m-85m"),
        (0.7, 1.97, "about 40 minutes to 2 hours", "40m-2h"),
        (0.99, 16.0, "about 55 minutes to 16 hours", "55m-16h"),
        (1.0, 16.0, "about 1 to 16 hours", "1h-16h"),
        (1.6, 16.0, "about 1.5 to 16 hours", "1.5h-16h"),
        (1.99, 2.1, "about 1.9 to 3 hours", "1.9h-3h"),
        (1.05, 7.5, "about 1 to 8 hours", "1h-8h"),
        (3.2, 6.1, "about 3 to 7 hours", "3h-7h"),
        (2.0, 2.0, "about 2 hours", "2h"),
        (0.7, 49.0, "about 40 minutes to 3 days", "40m-3d"),
        (23.9, 49.0, "about 23 hours to 3 days", "23h-3d"),
        (24.0, 49.0, "about 1 to 3 days", "1d-3d"),
        (47.0, 49.0, "about 1.9 to 3 days", "1.9d-3d"),
        (50.0, 24 * 20, "about 2 to 20 days", "2d-20d"),
        (24 * 40, 24 * 365, "about 40 days to over a year", "40d->1y"),
        (24 * 365, 24 * 3650, "over a year", ">1y"),
    ],
)
def test_a_range_is_said_as_people_say_it(low, high, spelled, short):
    """Rounded outwards, as fine as it deserves, and in one unit where neither end is less than one of it."""
    span = timedelta(hours=low), timedelta(hours=high)
    assert (spell_range(*span), show_range(*span)) == (spelled, short)
