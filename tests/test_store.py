"""The shared file, in one process: what is kept, thinned, mended and refused."""

import os
import sqlite3
import stat
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencredits.moment import from_unix
from opencredits.schedule import Polled
from opencredits.store import Finished, Store, codec, schema
from opencredits.store.file import broken_files
from readings import NOW, OFFLINE, REFUSED, budget, credits, free, funded, key, reading

ACCOUNT = ("default", "https://openrouter.ai/api/v1", "0123456789abcdef")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def path(tmp_path):
    """Where the file is."""
    return str(tmp_path / "state" / "opencredits.db")


@pytest.fixture
def store(path):
    """An open store."""
    with_file = Store(path)
    yield with_file
    with_file.close()


def poll(store, taken, *, at=NOW, account=ACCOUNT, **polled):
    """Finish one poll at that time."""
    record = store.ensure(*account)
    held = store.take_lease(record, at)
    assert held is not None
    return store.finish(held, Finished(taken, Polled(finished_at=at, **polled)))


RICH = reading(
    key(
        label='a "b" ✓', limit="10", limit_remaining="-0.5", limit_reset="daily", usage_daily="0.123456789",
        expires_at=NOW, unreadable=("limit_reset",), free_model_daily_requests=free(3),
        effective_budget=budget("2", limit="500", spend="498", resets_at=NOW, reset_interval="monthly"),
    ),
    credits("100", "94.8"),
    retry_at=NOW + MINUTE,
    server_time=NOW,
)  # fmt: skip


@pytest.mark.parametrize(
    "taken", [RICH, funded(), reading(OFFLINE, REFUSED), reading(key(), REFUSED).after(funded())]
)
def test_a_reading_is_found_as_it_was_stored(store, taken):
    """To the last digit, with times and reasons."""
    poll(store, taken)
    assert store.find(*ACCOUNT).reading == taken


@given(st.decimals(-8_999_999_999, 8_999_999_999, places=9))
def test_amounts_survive_the_column(amount):
    """Text of a decimal, never a float."""
    taken = funded(usage=str(amount))
    assert codec.load(codec.dump(taken)) == taken


@pytest.mark.parametrize("text", [None, "", "{}", "[]", "null", '{"key": 1}', '{"polled_at": {"at": "x"}}'])
def test_a_column_that_nobody_can_read_is_no_reading(text):
    """The next poll writes a new one."""
    assert codec.load(text) is None


def test_what_follows_for_the_next_poll_is_shared(store, path):
    """Back-off, rejection, Retry-After and jitter are in the file."""
    polled = {"failures": 3, "rejected": True, "moved_at": NOW, "retry_at": NOW + MINUTE, "jitter": 0.02}
    poll(store, funded(), **polled)
    other = Store(path)
    assert other.find(*ACCOUNT).polled == Polled(NOW, **polled)
    other.close()


def test_without_a_key_the_newest_reading_of_the_account_is_shown(store):
    """With another key nothing of this one is."""
    old = store.ensure(*ACCOUNT[:2], "other")
    ahead = NOW + timedelta(days=1)  # of a clock that has been set right since
    store.finish(store.take_lease(old, NOW), Finished(funded("9", at=ahead), Polled(ahead)))
    poll(store, funded("5"))
    assert store.find(*ACCOUNT[:2], None).fingerprint == ACCOUNT[2]
    assert store.find(*ACCOUNT[:2], "third") is None
    assert store.find("work", ACCOUNT[1], None) is None


def test_what_a_handed_over_key_read_can_be_left_out(store):
    """`status.json` is for everybody."""
    record = store.ensure(*ACCOUNT)
    store.finish(store.take_lease(record, NOW), Finished(funded(), Polled(NOW), handed=True))
    assert store.find(*ACCOUNT[:2], None, handed=False) is None
    assert store.find(*ACCOUNT[:2], None) is not None


def test_one_lease_at_a_time(store, path):
    """Nor does a second one come before the result, nor after it to whoever saw the time before it."""
    seen = store.ensure(*ACCOUNT)
    other = Store(path)
    held = store.take_lease(seen, NOW)
    assert other.take_lease(seen, NOW) is None
    assert other.find(*ACCOUNT).is_leased(NOW)
    store.finish(held, Finished(funded(), Polled(NOW)))
    assert other.take_lease(seen, NOW) is None
    assert other.take_lease(other.find(*ACCOUNT), NOW) is not None
    other.close()


@pytest.mark.parametrize("later", [timedelta(seconds=15), timedelta(days=-1), timedelta(days=1)])
def test_a_lease_lapses(store, path, later):
    """After 15 seconds; one that ends far ahead is of a clock that was set back."""
    seen = store.ensure(*ACCOUNT)
    assert store.take_lease(seen, NOW) is not None
    assert not store.find(*ACCOUNT).is_leased(NOW + later)
    assert store.take_lease(store.find(*ACCOUNT), NOW + later) is not None


def test_a_late_holder_does_not_overwrite_a_newer_result(store):
    """It lost its lease while it slept."""
    slept = store.take_lease(store.ensure(*ACCOUNT), NOW)
    later = NOW + timedelta(seconds=20)
    poll(store, funded("4"), at=later)
    assert store.finish(slept, Finished(funded("5"), Polled(NOW))) is False
    assert store.find(*ACCOUNT).reading.balance() == 4
    assert len(store.history(1, NOW - MINUTE)) == 1


def test_two_readings_in_one_second_do_not_collide(store):
    """Nor at the very same instant."""
    poll(store, funded("5"))
    poll(store, funded("4"))
    assert [each.total_usage for each in store.history(1, NOW)] == [95, 96]


def test_history_begins_with_the_reading_before(store):
    """From which the first growth is counted."""
    for minute in range(5):
        at = NOW + minute * MINUTE
        poll(store, funded(str(50 - minute), at=at), at=at)
    history = store.history(1, NOW + 3 * MINUTE)
    assert [each.at for each in history] == [NOW + minute * MINUTE for minute in (2, 3, 4)]
    assert history[0].total_usage == Decimal(52)


def test_history_ends_where_it_is_told_to(store):
    """Readings of a clock that was ahead are left out."""
    for minute in (0, 60 * 24, 1):
        at = NOW + minute * MINUTE
        poll(store, funded(at=at), at=at)
    assert [each.at for each in store.history(1, NOW, NOW + MINUTE)] == [NOW, NOW + MINUTE]


@pytest.mark.parametrize("wrong", [timedelta(hours=1), -timedelta(hours=1)])
def test_history_leaves_out_what_a_wrong_clock_has_put_among_the_others(store, wrong):
    """An hour ahead or behind for ten minutes: spending that grows evenly does not jump and fall."""
    for turn in range(180):
        at = NOW + turn * MINUTE + (wrong if 80 <= turn < 90 else timedelta(0))
        used = str(Decimal(turn) / 100)
        poll(store, reading(key(usage=used), credits("100", used), at=at), at=at)
    series = store.ensure(*ACCOUNT).series_id
    found = [each.usage for each in store.history(series, NOW, NOW + 180 * MINUTE)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (0, Decimal("1.79"))


def test_a_file_that_was_locked_for_long_is_used_again(store, path, monkeypatch):
    """Meanwhile the session goes on in memory, and says why."""
    poll(store, funded("5"))
    store._db.execute("PRAGMA busy_timeout = 10")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        record = store.ensure(*ACCOUNT)
        assert store.take_lease(record, NOW) is not None
        assert "locked by another program" in str(store.trouble)
    assert store.find(*ACCOUNT).reading.balance() == 5
    assert store.trouble is not None
    monkeypatch.setattr("opencredits.store.database.RETRY_AFTER_TROUBLE", 0)
    assert poll(store, funded("4"))
    assert store.trouble is None
    with closing(Store(path)) as second:
        assert second.find(*ACCOUNT).reading.balance() == 4


def test_a_failed_poll_leaves_no_reading_in_history(store):
    """What is kept from before is not read again."""
    poll(store, funded())
    poll(store, reading(OFFLINE, OFFLINE, at=NOW + MINUTE).after(funded()), at=NOW + MINUTE)
    assert len(store.history(1, NOW)) == 1


def test_forgotten_readings_are_not_shown_and_history_stays(store):
    """For a key that was removed."""
    poll(store, funded())
    store.forget(*ACCOUNT[:2])
    assert store.find(*ACCOUNT[:2], None) is None
    assert len(store.history(1, NOW)) == 1


def fill(path, days, *, every=60, until=NOW):
    """A reading a minute, straight into the file."""
    db = sqlite3.connect(path)
    begin = until.timestamp() - days * 86400
    db.executemany(
        "INSERT INTO readings (series_id, read_at, total_usage, usage) VALUES (1, ?, ?, ?)",
        ((begin + every * turn, turn, turn) for turn in range(int(days * 86400 / every))),
    )
    db.commit()
    db.close()


def test_old_readings_are_thinned_in_small_steps(store, path):
    """All of 30 days, one an hour for a year, one a day before; the last of each span stays."""
    store.ensure(*ACCOUNT)
    fill(path, 400, every=600)
    counts = []
    for turn in range(410):
        at = NOW + timedelta(seconds=turn)
        poll(store, funded(at=at), at=at)
        counts.append(store._db.execute("SELECT count(*) FROM readings").fetchone()[0])
    assert max(before - after for before, after in pairwise(counts)) <= 2 * 144
    kept = [each.at for each in store.history(1, from_unix(0))]
    month, year = NOW - timedelta(days=31), NOW - timedelta(days=395)
    in_year = [at for at in kept if NOW - timedelta(days=394) <= at < month]
    assert len(in_year) == len({(at.date(), at.hour) for at in in_year}) == 363 * 24
    before = [at for at in kept if at.date() < year.date()]
    assert len(before) == len({at.date() for at in before}) > 3
    assert {at.minute for at in in_year} == {50}
    assert len([at for at in kept if NOW - timedelta(days=30) <= at < NOW]) == 30 * 144


def test_ten_years_stay_small(store, path):
    """Thinned, they are far under 50 MB."""
    store.ensure(*ACCOUNT)
    fill(path, 3650, every=86400)
    fill(path, 395, every=3600)
    fill(path, 30)
    assert (
        sum(os.path.getsize(path + suffix) for suffix in ("", "-wal") if os.path.exists(path + suffix)) < 10e6
    )


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_file_and_folder_are_private(store, path):
    """From the first byte on, with log and shared memory."""
    store.ensure(*ACCOUNT)
    folder = os.path.dirname(path)
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    assert {stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) for name in os.listdir(folder)} == {
        0o600
    }


def spoil_half(path):
    """Cut the file in half."""
    with open(path, "r+b") as file:
        file.truncate(os.path.getsize(path) // 2)


def spoil_text(path):
    """Replace the file by text."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("This is not a database.\n" * 1000)


@pytest.mark.parametrize("spoil", [spoil_half, spoil_text])
@pytest.mark.parametrize("wal", [True, False])
def test_a_broken_file_is_set_aside_and_a_new_one_begun(path, spoil, wal):
    """Nothing is lost that could still be saved, and the next reading is stored."""
    first = Store(path)
    poll(first, funded())
    first.close()
    if wal:
        for suffix in ("-wal", "-shm"):
            with open(path + suffix, "wb") as file:
                file.write(b"x")
    spoil(path)
    store = Store(path)
    assert store.find(*ACCOUNT) is None
    assert poll(store, funded("3"))
    assert store.trouble is None
    assert len(broken_files(path)) == 1
    assert store.problems() == []
    store.close()


def test_a_file_that_breaks_while_it_is_open_is_set_aside_too(store, path):
    """The session goes on with the new one."""
    poll(store, funded())
    store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    spoil_text(path)
    for suffix in ("-wal", "-shm"):
        os.remove(path + suffix)
    other = Store(path)
    poll(other, funded("3"))
    assert store.find(*ACCOUNT).reading.balance() == 3
    other.close()


def test_a_file_that_is_replaced_is_opened_anew(store, path, tmp_path):
    """A changed inode means another file."""
    poll(store, funded("5"))
    other = Store(str(tmp_path / "other.db"))
    poll(other, funded("4"))
    other.close()
    os.replace(tmp_path / "other.db", path)
    for suffix in ("-wal", "-shm"):
        if os.path.exists(path + suffix):
            os.remove(path + suffix)
    assert store.find(*ACCOUNT).reading.balance() == 4


def test_a_schema_newer_than_known_is_refused_and_not_touched(path):
    """An older OpenCredits beside a newer one works without the file."""
    first = Store(path)
    poll(first, funded())
    first._db.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    first.close()
    before = Path(path).read_bytes()
    store = Store(path)
    assert "newer OpenCredits" in store.trouble.sentence()
    assert poll(store, funded("3"))
    assert store.find(*ACCOUNT).reading.balance() == 3
    store.close()
    assert Path(path).read_bytes() == before


def test_each_migration_commits_together_with_its_record(tmp_path, monkeypatch):
    """A step that fails leaves nothing of itself behind."""
    db = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    monkeypatch.setattr(
        schema, "MIGRATIONS", (schema.MIGRATIONS[0], "CREATE TABLE more (id); CREATE TABLE series (id)")
    )
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        schema.migrate(db)
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables == {"series", "readings"}
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    db.close()


def test_a_folder_that_cannot_be_made_leaves_the_store_in_memory(tmp_path):
    """The session works alone, and says so."""
    (tmp_path / "file").write_text("")
    store = Store(str(tmp_path / "file" / "opencredits.db"))
    assert "cannot be used" in str(store.trouble)
    assert poll(store, funded())
    assert store.find(*ACCOUNT).reading is not None
    store.close()


def test_looking_makes_no_file(path):
    """`--cached` on a new machine leaves nothing behind."""
    with closing(Store.existing(path)) as store:
        assert store.find(*ACCOUNT) is None
    assert not os.path.exists(os.path.dirname(path))


def test_polled_facts_are_all_stored():
    """A field added to the schedule's memory gets its column."""
    assert set(Polled.__dataclass_fields__) == set(Store.finish.__globals__["_POLLED"])
    assert replace(Polled(), failures=1).failures == 1


class TestThinnedHistory:
    """A history of every so often, as charts and habits need it."""

    def test_the_last_of_each_span_is_kept_and_the_one_before_the_beginning(self, store):
        for minute in (-1, 1, 6, 14, 16, 29, 31):
            at = NOW + minute * MINUTE
            poll(store, funded(at=at), at=at)
        history = store.history(1, NOW, every=15 * MINUTE)
        assert [each.at for each in history] == [NOW + minute * MINUTE for minute in (-1, 14, 29, 31)]

    def test_a_reading_without_the_balance_does_not_take_the_place_of_one_with_it(self, store):
        poll(store, funded("5"))
        poll(store, reading(key(), REFUSED, at=NOW + MINUTE), at=NOW + MINUTE)
        assert [each.total_usage for each in store.history(1, NOW, every=15 * MINUTE)] == [95, None]

    def test_each_key_of_an_account_has_its_own(self, store):
        poll(store, funded("5"))
        poll(store, funded("4", at=NOW + MINUTE), at=NOW + MINUTE, account=(*ACCOUNT[:2], "other"))
        assert [len(history) for history in store.histories(*ACCOUNT[:2], NOW)] == [1, 1]
        poll(store, funded("3", at=NOW + 2 * MINUTE), at=NOW + 2 * MINUTE)
        found = store.histories(*ACCOUNT[:2], NOW)
        assert [[each.total_usage for each in history] for history in found] == [[96], [95, 97]]

    def test_what_was_learned_is_kept_with_its_time(self, store):
        poll(store, funded())
        assert store.learned(1) is None
        store.keep_learned(1, "{}", NOW)
        assert store.learned(1) == ("{}", NOW)
