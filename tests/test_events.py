"""What happened beside spending, and which of several keys counts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencredits.history.chain import chained
from opencredits.history.events import events
from opencredits.spending import Counters, Point

START = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


def read(minutes, credits=None, total=None, usage=None):
    """A reading so many minutes after the start; amounts in dollars."""
    known = [None if each is None else Decimal(str(each)) for each in (credits, total, usage)]
    return Counters(START + timedelta(minutes=minutes), *known)


def told(*histories):
    """Minute, kind and amount of each event."""
    return [((each.at - START) // timedelta(minutes=1), each.kind, each.amount) for each in events(histories)]


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        ((100, 10), (100, 11), []),
        ((100, 10), (120, 11), [(5, "top_up", 20)]),
        ((100, 10), (80, 11), [(5, "credits_fell", 20)]),
        ((100, 10), (100, 7), [(5, "usage_fell", 3)]),
        ((100, 10, 5), (100, 10, 2), [(5, "key_usage_fell", 3)]),
        ((100, 10), (500, 300), [(5, "other_account", None)]),
        ((100, 10), (500, 9), [(5, "other_account", None)]),
        ((100, 10, 9), (0, 0, 9), []),
        ((None, None, 9), (100, 10, 9), []),
    ],
)
def test_each_event_is_recognised_when_it_is_first_read(before, after, seen):
    """And spending, a part that failed, or zeros that are no answer, are none."""
    assert told([read(0, *before), read(5, *after)]) == seen


def test_an_event_says_what_it_was():
    """Times are those of the zone, and amounts exact."""
    (event,) = events([[read(0, 100, 10), read(5, "125.5", 10)]])
    assert event.to_json(ZoneInfo("Europe/Berlin")) == {
        "at": "2026-11-20T21:05:00+01:00",
        "kind": "top_up",
        "amount": "25.50",
        "sentence": "Credits were added.",
    }


def test_a_top_up_beside_a_reading_that_knows_no_account_is_seen_once():
    """It is looked for between readings that know the account."""
    assert told([read(0, 100, 10), read(5, usage=1), read(10, 120, 10)]) == [(10, "top_up", 20)]


def test_a_new_key_is_an_event_and_what_it_does_not_share_is_none():
    """Its counters are other ones."""
    old, new = [read(0, 100, 10, 9), read(5, 100, 11, 9)], [read(10, 900, 500, 0), read(15, 900, 501, 1)]
    assert told(old, new) == [(10, "key_changed", None)]
    assert told(old, new[:1]) == [(10, "key_changed", None)]


def test_keys_that_are_read_side_by_side_tell_a_top_up_once():
    """One of them counts as long as it is read."""
    one = [read(minute, 100 if minute < 30 else 120, 10) for minute in range(0, 60, 10)]
    other = [read(minute, 100 if minute < 30 else 120, 10) for minute in range(5, 60, 10)]
    assert told(one, other) == [(5, "key_changed", None), (35, "top_up", 20)]


def minutes(runs):
    """The same as numbers."""
    return [[(each.at - START) // timedelta(minutes=1) for each in run] for run in runs]


def series(*found):
    """Points at these minutes."""
    return [[Point(START + timedelta(minutes=each), Decimal(0)) for each in one] for one in found]


@pytest.mark.parametrize(
    ("keys", "runs"),
    [
        ([], []),
        ([[0, 5, 10]], [[0, 5, 10]]),
        ([[0, 5], [10, 15]], [[0, 5], [10, 15]]),
        ([[10, 15], [0, 5]], [[0, 5], [10, 15]]),
        ([[0, 10, 20, 30], [15, 16]], [[0, 10], [15, 16], [20, 30]]),  # tried once, in between
        ([[0, 10, 20], [5, 15, 25]], [[0], [5, 15, 25]]),
    ],
)
def test_of_several_keys_one_counts_at_a_time(keys, runs):
    """A new one takes over; one that goes on comes back when the other has ended."""
    assert minutes(chained(series(*keys))) == runs


@given(st.lists(st.lists(st.integers(0, 50), max_size=10, unique=True).map(sorted), max_size=4))
def test_no_time_counts_twice(keys):
    """Whatever the keys and whenever they are read."""
    runs = minutes(chained(series(*keys)))
    assert all(run == sorted(run) for run in runs)
    assert all(earlier[-1] <= later[0] for earlier, later in pairwise(runs))
