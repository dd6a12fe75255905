"""The accounts that forecasts and alerts are judged by are what their names say."""

from datetime import datetime, timedelta

import pytest

from corpus import KINDS, MONDAY, ZONE, counter, loops, requests


def local(request):
    """When it was, on the wall."""
    return datetime.fromtimestamp(request.at, ZONE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_is_an_account(kind):
    """The same one gives the same, in order of time; another one gives another."""
    two, again, other = requests(kind, 1, 2), requests(kind, 1, 2), requests(kind, 2, 2)
    assert two == again == sorted(two)
    assert two != other
    assert set(two) < set(requests(kind, 1, 3))


@pytest.mark.parametrize("kind", KINDS)
def test_the_counter_never_falls_and_ends_with_all_that_was_paid(kind):
    """It counts a request from its very moment on."""
    made = requests(kind, 3, 1)
    spent = counter(made)
    assert spent.at(MONDAY.timestamp() - 86400) == 0
    assert spent.at(made[0].at) == made[0].cost
    assert spent.at(made[-1].at) == sum(each.cost for each in made)


def test_office_hours_are_those_of_the_wall():
    """Before and after the clocks go back, and never on a weekend."""
    made = requests("office_hours", 0, 4)
    assert {local(each).weekday() for each in made} == {0, 1, 2, 3, 4}
    for week in range(4):
        since = MONDAY + timedelta(weeks=week)
        hours = [local(each).hour for each in made if since <= local(each) < since + timedelta(weeks=1)]
        assert 7 <= min(hours) <= 9
        assert 16 <= max(hours) <= 19


def test_loops_are_known():
    """In a loop more is spent than before it, and no other kind has one."""
    known = loops("runaway", 0, 4)
    spent = counter(requests("runaway", 0, 4))
    assert known
    for begin, end in known:
        assert spent.at(end) - spent.at(begin) > 3 * (spent.at(begin) - spent.at(begin - (end - begin)))
    assert not any(loops(kind, 0, 4) for kind in KINDS if kind != "runaway")
