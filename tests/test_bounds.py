"""Where hours, days, weeks and months begin, in zones whose clocks are changed."""

import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencredits.history.bounds import begin_of, since, spans, wall_clock
from opencredits.zone import LOCAL

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = (
    "Europe/Berlin",
    "America/Havana",  # the clocks go back at 01:00, so that there are two midnights
    "Asia/Beirut",  # and forward at 00:00, so that there is none
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Kathmandu",  # a quarter of an hour beside the others
    "Pacific/Apia",  # a day of 2011 was left out
)
MOMENTS = st.integers(1104537600, 1830211200).map(
    lambda unix: datetime.fromtimestamp(unix, UTC)
)  # 2005 to 2027


def utc(*when):
    """A moment of UTC."""
    return datetime(*when, tzinfo=UTC)


def hours(by, *when, zone=BERLIN):
    """How long the span is in which a moment of the zone lies."""
    moment = datetime(*when, tzinfo=zone).astimezone(UTC)
    ((begin, end),) = spans(by, moment, moment, zone)
    return (end - begin) / timedelta(hours=1)


def test_days_have_23_to_25_hours():
    """And the weeks and months around them as many more or less."""
    assert [hours("day", 2026, 3, day) for day in (28, 29, 30)] == [24, 23, 24]
    assert [hours("day", 2026, 10, day) for day in (24, 25, 26)] == [24, 25, 24]
    assert [hours("week", 2026, 3, 25), hours("week", 2026, 10, 25)] == [167, 169]
    assert [hours("month", 2026, 3, 31), hours("month", 2026, 10, 1)] == [743, 745]


def test_a_day_begins_at_midnight_of_the_zone():
    """Weeks on Monday, months on the first."""
    now = utc(2026, 11, 19, 23, 30)  # it is Friday in Berlin
    assert begin_of("hour", now, BERLIN) == utc(2026, 11, 19, 23)
    assert begin_of("day", now, BERLIN) == utc(2026, 11, 19, 23)
    assert begin_of("week", now, BERLIN) == utc(2026, 11, 15, 23)
    assert begin_of("month", now, BERLIN) == utc(2026, 10, 31, 23)
    assert begin_of("month", now, BERLIN, back=11) == utc(2025, 11, 30, 23)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("today", utc(2026, 11, 20, 23)),
        ("1d", utc(2026, 11, 20, 23)),
        ("7d", utc(2026, 11, 14, 23)),
        ("30d", utc(2026, 10, 22, 22)),
        ("24h", utc(2026, 11, 20, 16)),
        ("2w", utc(2026, 11, 8, 23)),
        ("6mo", utc(2026, 5, 31, 22)),
        ("1 Y", utc(2025, 11, 30, 23)),
        ("2026-11-01", utc(2026, 10, 31, 23)),
        ("2026-11-01T12:30", utc(2026, 11, 1, 11, 30)),
        ("2026-11-01T12:30Z", utc(2026, 11, 1, 12, 30)),
    ],
)
def test_since_is_so_many_units_up_to_this_one_or_a_date(text, moment):
    """Seven days are today and the six before it."""
    assert since(text, utc(2026, 11, 21, 15, 40), BERLIN) == moment


@pytest.mark.parametrize(
    "text", ["", "7", "d", "-1d", "1 fortnight", "99999y", "2026-13-01", "2026-02-30", "٣d"]
)
def test_what_is_no_time_is_a_value_error(text):
    """Whatever was typed."""
    with pytest.raises(ValueError, match="not a time"):
        since(text, utc(2026, 11, 21), BERLIN)


def test_hours_stay_those_of_the_clock_where_it_is_changed_by_half_of_one():
    """One of them has half an hour."""
    zone = ZoneInfo("Australia/Lord_Howe")
    day = datetime(2026, 10, 4, tzinfo=zone).astimezone(UTC)  # 02:00 is 02:30
    found = [begin.astimezone(zone) for begin, _ in spans("hour", day, day + timedelta(hours=4), zone)]
    assert [f"{begin:%H:%M}" for begin in found] == ["00:00", "01:00", "01:30", "03:00", "04:00"]


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", utc(2026, 3, 29)),
        ("Europe/Berlin", utc(2026, 10, 25)),
        ("America/Havana", utc(2026, 11, 1)),
        ("Asia/Beirut", utc(2026, 3, 29)),
        ("Australia/Lord_Howe", utc(2026, 4, 4)),
        ("Asia/Kathmandu", utc(2026, 4, 4)),
        ("Pacific/Apia", utc(2011, 12, 30)),
        ("Asia/Baku", utc(2015, 10, 25)),  # at midnight UTC
    ],
)
def test_the_wall_clock_is_that_of_the_zone(zone, day):
    """Also while it is changed; of two equal times both are known."""
    for turn in range(-72, 96):
        moment, zone = day + timedelta(hours=turn), ZoneInfo(str(zone))
        found, named = wall_clock(moment, zone), moment.astimezone(zone)
        assert found.isoformat() == named.isoformat()
        doubles = [{each.replace(fold=fold).utcoffset() for fold in (0, 1)} for each in (found, named)]
        assert doubles[0] == doubles[1]


@given(MOMENTS, st.sampled_from(ZONES), st.sampled_from(("hour", "day", "week", "month")))
def test_spans_follow_each_other_without_a_gap(moment, zone, by):
    """The first holds the begin, the last the end, and each begins where its moments say that it does."""
    zone = ZoneInfo(zone)
    until = moment + {"hour": timedelta(days=2), "day": timedelta(days=9)}.get(by, timedelta(days=100))
    found = list(spans(by, moment, until, zone))
    assert found[0][0] <= moment < found[0][1]
    assert found[-1][0] <= until < found[-1][1]
    assert all(earlier[1] == later[0] for earlier, later in pairwise(found))
    assert all(begin < end for begin, end in found)
    if by != "hour":
        assert all(begin_of(by, end - timedelta(seconds=1), zone) == begin for begin, end in found)


@pytest.mark.skipif(sys.platform == "win32", reason="the zone of a process is set by TZ alone on POSIX")
@pytest.mark.parametrize("zone", ZONES)
def test_the_systems_zone_knows_its_changes(zone, monkeypatch):
    """It gives the same wall clock as the zone by its name, there and back, hour by hour over a year."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        for turn in range(8766):
            moment = utc(2026, 1, 1) + timedelta(hours=turn)
            local, named = moment.astimezone(LOCAL), moment.astimezone(ZoneInfo(zone))
            assert (local.replace(tzinfo=None), local.fold) == (named.replace(tzinfo=None), named.fold)
            assert local.utcoffset() == named.utcoffset()
            assert local.astimezone(UTC) == moment
    finally:
        monkeypatch.undo()
        time.tzset()
