"""When the next poll is due: time is an argument, so nothing sleeps."""

from datetime import UTC, datetime, timedelta

import pytest

from opencredits.schedule import Polled, just_refreshed, next_due, retry_floor

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)


def minutes(count):
    """So many minutes from now."""
    return NOW + timedelta(minutes=count)


def due(polled, interval=FIVE, *, adaptive=True, now=NOW):
    """Minutes from now until the next poll."""
    at = next_due(polled, interval, adaptive=adaptive, now=now)
    return None if at is None else (at - NOW).total_seconds() / 60


@pytest.mark.parametrize(
    ("polled", "wait"),
    [
        (Polled(), 0),
        (Polled(NOW), 5),
        (Polled(NOW, jitter=0.05), 5.25),
        (Polled(NOW, jitter=-3.0), 5),
        (Polled(NOW, jitter=9.0), 5.25),
        (Polled(NOW, failures=1), 10),
        (Polled(NOW, failures=2), 20),
        (Polled(NOW, failures=3), 30),
        (Polled(NOW, failures=2000), 30),
        (Polled(NOW, moved_at=minutes(-9)), 1),
        (Polled(NOW, moved_at=minutes(-10)), 5),
        (Polled(NOW, moved_at=NOW, failures=2), 4),
        (Polled(NOW, retry_at=minutes(50)), 50),
        (Polled(NOW, retry_at=minutes(2)), 5),
        (Polled(NOW, rejected=True), None),
        (Polled(None, retry_at=minutes(50)), 50),
    ],
)
def test_due(polled, wait):
    """Interval, jitter that only lengthens, doubling back-off, adaptive minute, Retry-After, 401."""
    assert due(polled) == wait


def test_never_within_a_minute_of_the_last_poll():
    """Not even when the interval and an adaptive wait would have it so."""
    assert due(Polled(NOW, moved_at=NOW), timedelta(seconds=10)) == 1


def test_back_off_never_shortens_a_long_interval():
    """An hour stays an hour after a failure, although back-off ends at 30 minutes."""
    assert due(Polled(NOW, failures=3), timedelta(hours=2)) == 120


def test_adaptive_is_not_for_long_intervals_and_can_be_switched_off():
    """Who asks every two hours does not want to be asked every minute."""
    moving = Polled(NOW, moved_at=NOW)
    assert due(moving, timedelta(hours=2)) == 120
    assert due(moving, timedelta(hours=1)) == 1
    assert due(moving, adaptive=False) == 5


def test_a_clock_set_back_a_day_makes_it_due():
    """A last poll in the future says nothing about how long ago it was."""
    assert due(Polled(minutes(24 * 60), retry_at=minutes(24 * 60))) == 0


def test_sleep_leaves_one_poll_due_and_not_the_missed_ones():
    """After eight hours it is due once; the poll that is then made counts for all of them."""
    woken = minutes(8 * 60)
    assert next_due(Polled(NOW), FIVE, adaptive=True, now=woken) <= woken
    assert next_due(Polled(woken), FIVE, adaptive=True, now=woken) == woken + FIVE


def test_retry_after_is_believed_for_an_hour():
    """A time further ahead is a clock that was set back."""
    assert retry_floor(Polled(NOW, retry_at=minutes(60)), NOW) == minutes(60)
    assert retry_floor(Polled(NOW, retry_at=minutes(61)), NOW) is None
    assert retry_floor(Polled(NOW, retry_at=NOW), NOW) is None


def test_two_manual_refreshes_within_five_seconds_are_one():
    """The second gets the answer of the first."""
    polled = Polled(NOW, manual_at=NOW)
    assert just_refreshed(polled, NOW + timedelta(seconds=4.9))
    assert not just_refreshed(polled, NOW + timedelta(seconds=5))
    assert not just_refreshed(polled, NOW - timedelta(seconds=1))
