"""Today, this week, this month and the last days, beside what OpenRouter says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from opencredits.history import History
from opencredits.history.windows import windows
from opencredits.reading import Part
from opencredits.spending import Counters
from readings import key

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 15, 40, tzinfo=UTC)
HOUR = timedelta(hours=1)


def shown(part=None, *, zone=UTC, hours=40 * 24):
    """Name, our figure and theirs, for an account that spends a dollar at the end of each hour."""
    begin = NOW.replace(minute=0) - hours * HOUR
    readings = [Counters(begin + turn * HOUR, usage=Decimal(turn)) for turn in range(hours + 1)]
    history = History([readings], begin)
    return [(each.name, each.ours.spent, each.theirs) for each in windows(history, part or Part(), NOW, zone)]


def read(hours_ago=0, **usage):
    """What `/key` answered so long ago."""
    return Part(key(**usage), NOW - hours_ago * HOUR)


def test_our_own_figures_are_those_of_the_zone():
    """A day, a week from Monday, a month; and so many days with today as the last one."""
    utc, berlin = shown(), shown(zone=BERLIN)
    assert utc[:3] == [("Today", 15, None), ("This week", 135, None), ("This month", 495, None)]
    assert utc[3:] == [("7 days", 159, None), ("30 days", 711, None)]
    assert [figure for _, figure, _ in berlin] == [16, 136, 496, 160, 713]  # the clocks went back in October


def test_openrouters_figures_show_where_they_differ():
    """To the cent."""
    part = read(usage_daily="15.004", usage_weekly="140", usage_monthly="495.01")
    assert [theirs for *_, theirs in shown(part)] == [None, 140, Decimal("495.01"), None, None]


@pytest.mark.parametrize(("hours", "theirs"), [(0, [1, 2, 3]), (16, [None, 2, 3]), (150, [None, None, 3])])
def test_a_figure_of_a_window_that_is_over_is_not_shown(hours, theirs):
    """It was read on another day, in another week."""
    part = read(hours, usage_daily="1", usage_weekly="2", usage_monthly="3")
    assert [each for *_, each in shown(part)][:3] == theirs


def test_what_a_management_key_spends_is_not_shown():
    """It spends nothing."""
    part = read(usage_daily="0", usage_weekly="0", usage_monthly="0", is_management_key=True)
    assert {theirs for *_, theirs in shown(part)} == {None}
