"""One thing after the other, without holding anybody up."""

import queue
import threading

import pytest

from opencredits.errors import Busy
from opencredits.session.lane import MOST_WAITING, Lane
from waiting import PATIENCE, wait_for


def test_things_are_done_in_their_order():
    lane, done = Lane(), queue.Queue()
    for number in range(100):
        lane.put(lambda number=number: done.put(number))
    assert [done.get(timeout=PATIENCE) for _ in range(100)] == [*range(100)]


def test_nobody_waits_for_what_is_put_and_all_of_it_counts():
    """What is being done counts as not done yet."""
    lane, go, begun = Lane(), threading.Event(), threading.Event()
    assert len(lane) == 0
    lane.put(lambda: (begun.set(), go.wait(PATIENCE)))
    assert begun.wait(PATIENCE)
    lane.put(lambda: None)
    assert len(lane) == 2
    go.set()
    wait_for(lambda: len(lane) == 0, "the end of both")


def test_a_thread_is_started_for_the_first_thing_alone():
    """A session that is asked nothing slow has no threads for it."""
    lane, names = Lane(), queue.Queue()
    before = threading.active_count()
    Lane()
    assert threading.active_count() == before
    for _ in range(3):
        lane.put(lambda: names.put(threading.current_thread()))
    used = {names.get(timeout=PATIENCE) for _ in range(3)}
    assert len(used) == 1
    assert all(thread.daemon for thread in used)


def test_what_is_put_is_bounded():
    """An editor that asks without end is told so; what it asked before is done all the same."""
    lane, go, done = Lane(), threading.Event(), []
    lane.put(lambda: go.wait(PATIENCE))
    for _ in range(MOST_WAITING - 1):
        lane.put(lambda: done.append(1))
    with pytest.raises(Busy):
        lane.put(lambda: done.append(1))
    go.set()
    wait_for(lambda: len(lane) == 0, "the end of all")
    assert len(done) == MOST_WAITING - 1
