"""What was spent in each hour, day, week or month."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencredits.history import History, sparkline
from opencredits.spending import Counters, points

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
NANO = Decimal("0.000000001")


def read(minutes, credits=None, total=None, usage=None):
    """A reading so many minutes after the start; amounts in dollars."""
    known = [None if each is None else Decimal(str(each)) for each in (credits, total, usage)]
    return Counters(START + timedelta(minutes=minutes), *known)


def by_hour(*histories, hours, thinned_until=LONG_AGO):
    """The hours from the start on."""
    return History(histories, thinned_until).buckets("hour", START, START + hours * HOUR - HOUR, UTC)


def spent(buckets):
    """What was spent in each, as numbers."""
    return [None if each.spent is None else float(each.spent) for each in buckets]


def test_a_bucket_has_what_was_spent_in_it():
    """Between two readings on both sides of its bounds, spending is even."""
    assert spent(by_hour([read(0, 9, 1), read(30, 9, 2), read(90, 9, 4), read(150, 9, 4)], hours=3)) == [
        2,
        1,
        0,
    ]


def test_a_bucket_without_readings_has_its_share_and_says_so():
    """Where the counter is known before and after it."""
    found = by_hour([read(0, 9, 1), read(50, 9, 1), read(170, 9, 3)], hours=4)
    assert spent(found) == [pytest.approx(1 / 6), 1, pytest.approx(5 / 6), None]
    assert [each.interpolated for each in found] == [False, True, False, False]
    assert [each.known for each in found] == [HOUR, HOUR, timedelta(minutes=50), timedelta(0)]


def test_what_nobody_read_is_not_known():
    """Before the first reading, after the last, and between two keys: none of them is zero."""
    found = by_hour([read(65, 9, 1), read(70, 9, 2)], [read(185, 9, 5), read(190, 9, 6)], hours=5)
    assert spent(found) == [None, 1, None, 1, None]
    assert [each.counter for each in found] == [None, "total_usage", None, "total_usage", None]


def test_one_bucket_is_of_one_counter():
    """All keys where that is known for long enough, else this key; a short failure changes nothing."""
    history = [
        read(0, usage=1),
        read(60, 9, 5, 2),
        read(110, 9, 8, 3),
        read(120, usage=4),
        read(180, usage=9),
    ]
    found = by_hour(history, hours=3)
    assert spent(found) == [1, 3, 5]
    assert [each.counter for each in found] == ["usage", "total_usage", "usage"]


def test_a_bucket_that_knows_all_keys_for_a_moment_only_is_of_this_key():
    """For less than half of the time for which this key is known."""
    history = [read(0, usage=0), read(40, 9, 2, 3), read(60, 9, 3, 4)]
    (found,) = by_hour(history, hours=1)
    assert (found.spent, found.counter, found.known) == (4, "usage", HOUR)
    (found,) = by_hour([read(0, usage=0), read(30, 9, 2, 3), read(60, 9, 3, 4)], hours=1)
    assert (found.spent, found.counter, found.known) == (1, "total_usage", HOUR / 2)


def test_events_are_not_spending():
    """Nor is a reading of another account."""
    history = [read(0, 100, 10), read(10, 150, 11), read(20, 900, 700), read(30, 900, 701), read(40, 900, 5)]
    assert spent(by_hour(history, hours=1)) == [2]


def test_keys_side_by_side_are_not_added_up():
    """They see the same account."""
    one = [read(minute, 100, minute / 10) for minute in range(0, 61, 10)]
    other = [read(minute, 100, minute / 10) for minute in range(5, 61, 10)]
    assert spent(by_hour(one, other, hours=1)) == [5]


def test_a_bucket_that_is_shorter_than_what_is_kept_says_so():
    """Where one reading a day is left, an hour is a guess and a day of 23 hours is not."""
    days = [read(1440 * day, 99, day) for day in range(4)]
    history = History([days], START + timedelta(days=2))
    assert [history.bucket(each.at, each.at + HOUR).thinned for each in days[:3]] == [True, True, False]
    assert not history.bucket(START, START + 23 * HOUR).thinned


def test_days_are_those_of_the_zone():
    """A day of 25 hours has 25 hours of spending."""
    begin = datetime(2026, 10, 24, tzinfo=BERLIN).astimezone(UTC)
    steady = [
        Counters(begin + turn * HOUR, total_credits=Decimal(9), total_usage=Decimal(turn))
        for turn in range(74)
    ]
    found = History([steady], LONG_AGO).buckets("day", begin, begin + 72 * HOUR, BERLIN)
    assert spent(found) == [24, 25, 24]
    assert [each.to_json(BERLIN)["begin"] for each in found[1:]] == [
        "2026-10-25T00:00:00+02:00",
        "2026-10-26T00:00:00+01:00",
    ]


def test_json_has_every_key():
    """Unknown is null, and amounts are exact."""
    found = by_hour([read(0, 9, "1.000000001"), read(60, 9, 2)], hours=2)
    assert [each.to_json(UTC) for each in found] == [
        {
            "begin": "2026-11-20T20:00:00+00:00",
            "end": "2026-11-20T21:00:00+00:00",
            "spent": "0.999999999",
            "counter": "total_usage",
            "known_s": 3600,
            "interpolated": False,
            "thinned": False,
        },
        {
            "begin": "2026-11-20T21:00:00+00:00",
            "end": "2026-11-20T22:00:00+00:00",
            "spent": None,
            "counter": None,
            "known_s": 0,
            "interpolated": False,
            "thinned": False,
        },
    ]


_READINGS = st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**11)), min_size=1, max_size=30)


@given(
    _READINGS, st.sampled_from(("hour", "day", "week", "month")), st.sampled_from(("total_usage", "usage"))
)
def test_the_buckets_are_the_growth_of_the_counter(readings, by, counter):
    """To the last billionth of a dollar, whatever the gaps and falls."""
    at, history = START, []
    for seconds, nano in readings:
        at += timedelta(seconds=seconds)
        history.append(Counters(at, total_credits=Decimal(9), **{counter: nano * NANO}))
    found = History([history], LONG_AGO).buckets(by, START, at, BERLIN)
    grown = points(history, counter)[-1].spent
    assert sum(each.spent or 0 for each in found) == grown
    assert all(each.spent is None or each.spent >= 0 for each in found)


@given(_READINGS, st.integers(2, 5), st.randoms())
def test_nothing_is_counted_twice(readings, keys, chance):
    """However the readings of one account are spread over keys, no more is counted than was spent."""
    at, total = START, Decimal(0)
    histories = [[] for _ in range(keys)]
    for seconds, nano in readings:
        at += timedelta(seconds=seconds)
        total += nano * NANO
        chance.choice(histories).append(Counters(at, total_credits=Decimal(9), total_usage=total))
    found = History(histories, LONG_AGO).buckets("day", START, at, BERLIN)
    assert sum(each.spent or 0 for each in found) <= total - readings[0][1] * NANO


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([], ""),
        ([0, 0], "▁▁"),
        ([None, None], "░░"),
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
        ([None, "0.001", 100], "░▂█"),
    ],
)
def test_a_sparkline_has_one_block_a_value(values, shown):
    """As high as it is beside the highest; a little is more than nothing, and not known is neither."""
    assert sparkline([None if value is None else Decimal(value) for value in values]) == shown


@given(st.lists(st.none() | st.integers(0, 10**12), max_size=30))
def test_a_sparkline_is_as_long_as_its_values(values):
    """Whatever they are."""
    assert len(sparkline([None if value is None else Decimal(value) for value in values])) == len(values)
