"""Runaways, and the pace that they are told by. How well that does is for test_evaluate_runaway."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencredits.pace import Pace
from opencredits.runaway import Finding, learn_due, runaway
from opencredits.spending import Point

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FLOOR = Decimal(2)
USUAL = Pace(usual=1.0, fastest=3.0)  # raises at a jump of $7.50 an hour


def polled(*stretches, start=NOON, every=MINUTE):
    """Points a minute apart: stretches of (polls, dollars per hour), one after the other."""
    rates = [rate for count, rate in stretches for _ in range(count)]
    hours = every / HOUR
    sums = accumulate((Decimal(str(rate * hours)) for rate in rates), initial=Decimal(100))
    return [Point(start + every * number, spent) for number, spent in enumerate(sums)]


def found(points, pace=None, floor=FLOOR):
    """What is found when the last of the points has been read."""
    return runaway(points, pace, floor, points[-1].at)


def followed(points, later):
    """The same account, later."""
    spent = points[-1].spent - later[0].spent if points else 0
    return points + [replace(each, spent=each.spent + spent) for each in later]


def work(days, per_hour, hours=4, start=NOON):
    """So many days on end with some hours of work, which goes up and down by the minute."""
    rates = [(1, per_hour * (0.5 + minute % 7 / 6)) for minute in range(hours * 60)]
    points = []
    for day in range(days):
        points = followed(points, polled(*rates, start=start + day * DAY))
    return points


class TestWithoutHabit:
    """A new account counts as one that spends at the floor."""

    @pytest.mark.parametrize(("before", "after"), [(0.5, 40), (2.4, 58), (0, 12)])
    def test_two_polls_at_five_times_the_floor_are_a_runaway(self, before, after):
        """One of them may be an expensive request; the third at the latest is two whole minutes."""
        calm = polled((24, before))
        assert found(calm).state != "on"
        assert found(polled((24, before), (1, after))).state != "on"
        raised = found(polled((24, before), (2, after)))
        assert raised.state == "on"
        assert raised.usual_per_hour is None
        assert raised.per_hour == after
        assert raised.since == NOON + 26 * MINUTE

    def test_without_a_floor_nobody_knows(self):
        """Nothing is much more than nothing."""
        assert found(polled((24, 0), (6, 40)), floor=Decimal(0)).state == "off"
        assert found(polled((60, 1), (2, 10)), USUAL, floor=Decimal(0)).state == "on"

    def test_what_is_dear_from_the_first_minute_on_is_told(self):
        """Nobody knows yet that it is usual."""
        assert found(polled((2, 40))).state == "on"

    def test_too_little_to_say_anything(self):
        """No point, or one."""
        nothing = Finding("hold", Decimal("0.00"), None, None)
        assert runaway([], None, FLOOR, NOON) == found(polled()) == nothing


class TestWithHabit:
    """What is usual is no runaway, however dear it is."""

    def test_dear_work_is_no_runaway(self):
        """For somebody who always works like that."""
        dear = Pace(usual=20.0, fastest=60.0)
        assert found(polled((60, 20), (2, 70)), dear).state == "off"
        assert found(polled((60, 20), (2, 70))).state == "on"

    def test_ten_times_the_usual_is_a_runaway(self):
        """It says how much is usual."""
        raised = found(polled((60, 1), (2, 10)), USUAL)
        assert raised.state == "on"
        assert raised.usual_per_hour == 1

    def test_one_expensive_request_is_none(self):
        """It is in one poll alone."""
        assert found(polled((60, 1), (1, 200), (1, 1)), USUAL).state != "on"

    def test_a_slow_rise_is_found_as_well(self):
        """There is no jump in it, but twenty minutes of it are enough."""
        rise = [(1, 1 + minute / 10) for minute in range(110)]
        assert found(polled(*rise), USUAL).state == "on"

    def test_under_the_floor_nothing_is_a_runaway(self):
        """A hundred times next to nothing is little."""
        tiny = Pace(usual=0.01, fastest=0.02)
        assert found(polled((60, 0.01), (40, 1.99)), tiny).state != "on"
        assert found(polled((60, 0.01), (40, 2.03)), tiny).state == "on"

    @given(st.lists(st.floats(0, 3.5), min_size=1, max_size=130))
    def test_nothing_near_the_usual_is_one(self, rates):
        """Whatever its order, up to three times the usual and more."""
        assert found(polled(*((1, rate) for rate in rates)), USUAL).state != "on"


class TestHysteresis:
    """On until it is clearly back, and the same for everybody who looks."""

    LOOP = ((60, 1), (20, 10))

    def test_half_way_back_is_not_back(self):
        """So that a rate that hovers is not told again and again."""
        hovering = found(polled(*self.LOOP, (30, 5)), USUAL)
        assert hovering.state == "on"
        assert hovering.since == NOON + 62 * MINUTE

    def test_it_is_back_under_half(self):
        """After the twenty minutes that are looked at."""
        assert found(polled(*self.LOOP, (20, 1)), USUAL).state == "off"

    def test_a_second_one_is_found_anew(self):
        """With its own beginning."""
        second = found(polled(*self.LOOP, (25, 1), (3, 12)), USUAL)
        assert second.since == NOON + 107 * MINUTE

    def test_what_is_neither_leaves_it_as_it_was(self):
        """Such as a rate half-way, of which the beginning is not seen."""
        assert found(polled((130, 5))[10:], USUAL).state == "hold"

    def test_old_points_say_nothing(self):
        """Nobody knows how fast it goes now."""
        points = polled(*self.LOOP)
        assert runaway(points, USUAL, FLOOR, points[-1].at + 21 * MINUTE).state == "hold"


class TestGaps:
    """Sleep, or a closed editor: one point after hours."""

    @pytest.mark.parametrize(("dollars", "state"), [(3, "off"), (90, "on")])
    def test_a_gap_is_told_by_its_average_alone(self, dollars, state):
        """Three dollars in three hours are no runaway, ninety are."""
        before = polled((30, 1))
        after = Point(before[-1].at + 3 * HOUR, before[-1].spent + dollars)
        assert found([before[-1], after], USUAL).state == state


class TestPace:
    """What is usual, learned of two weeks."""

    def test_it_is_the_median_of_active_time(self):
        """Nights and weekends do not lower it."""
        points = work(8, 3.0)
        pace = Pace.learned(points, points[-1].at + DAY)
        assert pace.usual == pytest.approx(3.0, rel=0.05)
        assert 0 < pace.fastest < 4.5

    def test_a_runaway_of_one_day_teaches_nothing(self):
        """Nor does one of the day on which it is learned."""
        calm = work(8, 3.0)
        wild = followed(calm, polled((60, 90), start=calm[-1].at + HOUR))
        now = NOON + 9 * DAY
        assert Pace.learned(wild, now).usual == pytest.approx(Pace.learned(calm, now).usual, rel=0.1)
        assert Pace.learned(wild, now).fastest == pytest.approx(Pace.learned(calm, now).fastest, rel=0.1)

    def test_work_that_has_become_dearer_is_usual_after_some_days(self):
        """So that nobody is told for ever."""
        points = followed(work(7, 1.0), work(4, 20.0, start=NOON + 7 * DAY))
        assert Pace.learned(points, NOON + 12 * DAY).usual == pytest.approx(20, rel=0.05)

    def test_the_last_hour_teaches_nothing(self):
        """A loop that is going on is not usual before it has ended."""
        points = work(1, 1.0)
        looping = followed(points, polled((59, 90), start=points[-1].at))
        now = looping[-1].at
        assert Pace.learned(looping, now) == Pace.learned(points, now)

    def test_under_three_days_only_the_usual_is_known(self):
        """And nothing of minutes."""
        assert Pace.learned(work(2, 1.0), NOON + 3 * DAY).fastest is None
        assert Pace.learned(polled((10, 1)), NOON + DAY) is None
        assert Pace.learned([], NOON) is None

    def test_two_weeks_and_no_more(self):
        """What was before is over."""
        points = work(5, 9.0)
        assert Pace.learned(points, points[-1].at + 15 * DAY) is None

    @pytest.mark.parametrize("pace", [USUAL, Pace(0.25, None)])
    def test_it_is_read_as_it_was_written(self, pace):
        """In the shared file."""
        assert Pace.of_json(pace.to_json()) == pace

    @pytest.mark.parametrize(
        "table",
        [
            None,
            "1.0",
            {},
            {"usual": 1.0},
            {"usual": "1", "fastest": None},
            {"usual": float("nan"), "fastest": None},
            {"usual": float("inf"), "fastest": None},
            {"usual": 1.0, "fastest": float("inf")},
            {"usual": 0.0, "fastest": 1.0},
        ],
    )
    def test_what_cannot_be_read_is_not_known(self, table):
        """Such as what a newer version has written."""
        assert Pace.of_json(table) is None


@pytest.mark.parametrize(
    ("learned", "history", "is_due"),
    [
        (None, HOUR, True),
        (4 * MINUTE, 10 * MINUTE, False),
        (5 * MINUTE, 10 * MINUTE, True),
        (2 * HOUR, DAY, False),
        (3 * HOUR, DAY, True),
        (11 * HOUR, 30 * DAY, False),
        (12 * HOUR, 30 * DAY, True),
        (-MINUTE, 30 * DAY, True),
    ],
)
def test_it_is_learned_anew_as_the_history_grows(learned, history, is_due):
    """After an eighth of it, and at once when the clock was set back."""
    assert learn_due(learned and NOON - learned, NOON - history, NOON) is is_due
