"""Forecasts that would have been made in a stored history, and what came of them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

import corpus
from opencredits.forecast.backtest import Backtest, backtest
from opencredits.spending import Point

START = datetime(2026, 11, 2, tzinfo=UTC)


def history(hours, per_hour=Decimal(1), left=None):
    """Of an account that spends evenly, read every five minutes."""
    return [
        (Point(START + timedelta(minutes=5 * turn), per_hour * turn / 12), left)
        for turn in range(12 * hours + 1)
    ]


def replayed(kind, seed, weeks):
    """Of a made-up account."""
    counter, begin = corpus.counter(corpus.requests(kind, seed, weeks)), corpus.MONDAY.timestamp()
    times = [begin + 300 * turn for turn in range(weeks * 7 * 288)]
    known = [
        (Point(datetime.fromtimestamp(at, UTC), Decimal(counter.at(at)).scaleb(-9)), None) for at in times
    ]
    return backtest(known, corpus.ZONE)


def test_what_goes_evenly_is_foretold_rightly():
    """Every range holds, and nobody is wrong."""
    found = backtest(history(80, left=Decimal(4)), UTC)
    assert found.coverage == 1
    assert found.error(lambda each: each.middle) == pytest.approx(1, abs=0.15)
    assert found.error(lambda each: each.last_hour) == pytest.approx(1)
    assert found.error(lambda each: each.yesterday) == pytest.approx(1)


def test_amounts_are_made_up_where_nobody_knows_what_was_left():
    """And it says so."""
    found = backtest(history(100), UTC)
    assert found.notional
    assert found.lines()[1].startswith("Amounts: made up")
    known = backtest(history(100, left=Decimal(4)), UTC)
    assert not known.notional
    assert known.lines()[1] == "Amounts: what was left"


def test_amounts_that_were_never_used_up_say_nothing():
    """A thousand dollars at a dollar an hour: others are made up."""
    assert backtest(history(100, left=Decimal(1000)), UTC).notional


@pytest.mark.parametrize("known", [[], history(0), history(1), history(50, Decimal(0))])
def test_too_little_history_says_so(known):
    """Nothing is divided by nothing."""
    found = backtest(known, UTC)
    assert found.coverage is None
    assert found.lines()[0].startswith("Too little history")
    assert found.to_json()["median_error"] is None


def test_a_forecast_knows_nothing_of_what_comes():
    """The same is said whatever happens afterwards."""
    known = history(45, left=Decimal(1) / 2)[::3]
    dearer = [(Point(point.at, point.spent * 2 - 30), left) for point, left in known if point.spent > 30]
    quiet, loud = (
        {(each.low, each.middle, each.high) for each in backtest(line, UTC).outcomes}
        for line in (known[:121], [*known[:121], *dearer])
    )
    assert quiet
    assert quiet <= loud


def test_a_range_that_ends_beyond_the_history_is_not_counted():
    """Of those the early outcomes alone would be known."""
    found = backtest(history(12, left=Decimal(4)), UTC)
    assert all(each.high <= 12 for each in found.outcomes)
    assert all(each.actual is not None for each in found.outcomes)


def test_figures_for_people_and_for_scripts():
    """Coverage, and each error beside its rivals."""
    found = backtest(history(80, left=Decimal(4)), UTC)
    assert set(found.to_json()) == {
        "forecasts", "notional", "coverage", "median_error", "median_error_last_hour",
        "median_error_yesterday",
    }  # fmt: skip
    assert "Range held: 100 % (80 % is meant)" in found.lines()
    assert found.lines()[-2:] == ["  last hour's rate     1.00", "  yesterday's average  1.00"]
    assert max(len(line) for line in found.lines()) <= 80


@pytest.mark.process
@pytest.mark.parametrize("kind", corpus.KINDS)
def test_forecasts_of_every_kind_of_account(kind):
    """Seven in ten ranges hold at least, and half of the forecasts are no worse than the better rival's."""
    outcomes = [each for seed in (1, 2) for each in replayed(kind, seed, 8).outcomes]
    found = Backtest(outcomes, notional=True)
    rivals = (found.error(lambda each: each.last_hour), found.error(lambda each: each.yesterday))
    print(f"\n{kind}: {found.to_json()}")
    assert len(outcomes) > 200
    assert found.coverage >= 0.7
    assert found.error(lambda each: each.middle) <= min(rivals)
