"""What is learned of a history."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencredits.forecast import Profile
from opencredits.forecast.margins import HORIZONS
from opencredits.spending import Point

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 10, 12, tzinfo=BERLIN)  # the clocks go back on the Sunday of the week after
QUARTER = timedelta(minutes=15)


def line(days, per_hour, begin=MONDAY):
    """Points a quarter of an hour apart; `per_hour` is what an hour costs, by its local time."""
    times = [begin.astimezone(UTC) + turn * QUARTER for turn in range(days * 96 + 1)]
    growth = [Decimal(per_hour(at.astimezone(BERLIN))) / 4 for at in times[:-1]]
    return [Point(at, spent) for at, spent in zip(times, accumulate(growth, initial=Decimal(0)), strict=True)]


def learned(points, zone=BERLIN):
    """From all of them."""
    return Profile.learned(points, zone, points[-1].at)


def at_work(local):
    """Two dollars an hour from nine to five, Monday to Friday."""
    return 2 if local.weekday() < 5 and 9 <= local.hour < 17 else 0


def test_the_habit_is_known_by_the_hour_of_the_week():
    """After four weeks it is nearly what it is."""
    profile = learned(line(28, at_work))
    per_hour = profile.per_hour
    monday_at_ten, monday_at_three, sunday_at_ten = per_hour[10], per_hour[3], per_hour[6 * 24 + 10]
    assert monday_at_ten == pytest.approx(2, abs=0.2)
    assert monday_at_three == pytest.approx(0, abs=0.1)
    assert sunday_at_ten < 0.4
    assert profile.fastest == pytest.approx(2)


def test_the_habit_is_that_of_the_clock_on_the_wall():
    """Whoever works from nine does so before and after the clocks are changed."""
    per_hour = learned(line(14, at_work)).per_hour
    assert max(per_hour[8], per_hour[17]) < 0.1
    assert min(per_hour[9], per_hour[16]) > 1.8


def test_half_a_day_is_the_least_to_learn_from():
    """Whoever has seen a night alone does not know that anybody works."""
    points = line(1, at_work)[:49]
    assert learned(points) is not None
    assert learned(points[1:]) is None
    assert Profile.learned([], BERLIN, MONDAY) is None


def test_nothing_is_learned_of_the_future():
    """What comes after `now` changes nothing."""
    points = line(20, at_work)
    now = points[96 * 10].at
    assert Profile.learned(points, BERLIN, now) == Profile.learned(points[: 96 * 10 + 1], BERLIN, now)


def test_forecasts_of_a_steady_account_are_trusted_more():
    """The margins are those of the account: who always spends the same is foretold closely."""
    steady, changing = learned(line(28, lambda _: 1)), learned(line(28, lambda local: local.day % 7))
    hour = HORIZONS.index(16)
    assert steady.factors[hour].fast - steady.factors[hour].slow < 0.6
    assert changing.factors[hour].fast - changing.factors[hour].slow > 0.6


def test_an_idle_account_has_a_habit_of_nothing():
    """And nothing was ever fast in it."""
    profile = learned(line(14, lambda _: 0))
    assert (set(profile.per_hour), profile.fastest) == ({0.0}, 0.0)


def test_it_comes_back_from_json():
    """As the store keeps it."""
    profile = learned(line(14, at_work))
    assert Profile.of_json(json.loads(json.dumps(profile.to_json()))) == profile


KEPT = {"per_hour": [0.5] * 168, "fastest": 2, "factors": [[0.5, 1, 2]] * len(HORIZONS)}


@pytest.mark.parametrize(
    "table",
    [
        None,
        3,
        "text",
        [],
        {},
        KEPT | {"per_hour": [0.5] * 167},
        KEPT | {"per_hour": ["x"] * 168},
        KEPT | {"per_hour": None},
        KEPT | {"fastest": float("nan")},
        KEPT | {"fastest": float("inf")},
        KEPT | {"fastest": -1},
        KEPT | {"fastest": [1]},
        KEPT | {"factors": [[0.5, 1, 2]]},
        KEPT | {"factors": [[0.5, 1]] * len(HORIZONS)},
        KEPT | {"factors": 5},
    ],
)
def test_what_cannot_be_read_is_no_profile(table):
    """Another version's, or a broken one: it is learned anew."""
    assert Profile.of_json(KEPT) is not None
    assert Profile.of_json(table) is None


@given(st.lists(st.integers(0, 3), min_size=96, max_size=300))
def test_whatever_was_spent_there_is_an_order_in_the_margins(growths):
    """Slow is never faster than fast, and nothing is below zero or endless."""
    spent = accumulate(growths, initial=0)
    points = [
        Point(MONDAY.astimezone(UTC) + turn * QUARTER, Decimal(total)) for turn, total in enumerate(spent)
    ]
    profile = learned(points)
    assert Profile.of_json(profile.to_json()) == profile
    assert all(0 <= each.slow <= each.middle <= each.fast for each in profile.factors)
