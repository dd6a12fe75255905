"""A session without its process: what can be seen from inside alone."""

import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from opencredits.config import AccountSettings, Config, Settings
from opencredits.demo import NoKeyring, OneKey
from opencredits.keys import Key, Keys
from opencredits.monitor import Monitor
from opencredits.session import Session
from opencredits.simulator import Simulator
from opencredits.store import Store
from readings import NOW
from waiting import wait_for

AT_ONCE = 15.0  # seconds of patience; after 30 ages are made anew without a reason


class CountingMonitor(Monitor):
    """Counts how often the status is made."""

    made = 0

    def status(self):
        self.made += 1
        return super().status()


class MemoryHome:
    """An account on the simulator, in memory, at a time that the test sets."""

    log = None
    tick = 0.005

    def __init__(self, sim):
        self.keyring = NoKeyring()
        self.now = NOW
        self.looks = 0
        self.settings = Config(accounts={"default": AccountSettings("default", base_url=sim.base_url)})
        self.keys = OneKey(sim.key)
        self.store = Store(None)

    def config(self):
        return self.settings

    def config_version(self):
        self.looks += 1
        return self.settings

    def finder(self, config, handed):
        return self.keys

    def monitor(self, config, handed):
        return CountingMonitor(config, self.store, self.keys, None, clock=lambda: self.now)


@pytest.fixture
def sim():
    """A steady account."""
    with Simulator("steady") as simulator:
        yield simulator


@pytest.fixture
def home(sim):
    """See MemoryHome."""
    home = MemoryHome(sim)
    yield home
    home.store.close()


@pytest.fixture
def session(home):
    """It has been initialized, and looks for news. What it tells is in `session.told`."""
    told = []
    session = Session(home, threading.RLock(), lambda method, about: told.append((method, about)))
    session.told = told
    session.initialize({"protocol": 1})
    session.show()
    session.begin()
    wait_for(lambda: told, "the first reading")
    yield session
    session.close()


def text(session):
    """What was told last."""
    return session.told[-1][1]["status"]["text"]


def looked(home, times):
    """So many looks later."""
    until = home.looks + times
    wait_for(lambda: home.looks >= until, "the looks")


def test_what_gets_old_by_itself_is_told(home, session):
    """As soon as its time has come, without a poll: here by a session that has no key of its own."""
    told = []
    home.keys = OneKey("")
    home.keys.find = lambda account: Keys()
    other = Session(home, threading.RLock(), lambda method, about: told.append(about["status"]))
    other.initialize({"protocol": 1})
    other.begin()
    wait_for(lambda: told, "the first status")
    session.settings({"update_interval": "24h", "adaptive": False})
    looked(home, 50)  # until keys have been looked for, which is a reason of its own to look anew
    home.now += timedelta(minutes=13)
    wait_for(lambda: told[-1]["text"].endswith("(13m ago)"), "the age", AT_ONCE)
    other.close()


def test_what_is_old_is_not_made_anew_at_each_look(home, sim, session):
    """An editor without a network is open all day."""
    sim.close()
    home.now += timedelta(hours=1)
    wait_for(lambda: "ago" in text(session), "the age")
    looked(home, 20)
    made = session.monitor.made
    looked(home, 50)
    assert session.monitor.made == made


def test_a_look_that_finds_nothing_asks_the_store_one_question(home, session):
    """Each editor that is open looks every two seconds, all day: whether the store is as it was."""
    looked(home, 50)
    asked = []
    home.store.run(lambda db: db.set_trace_callback(asked.append))
    before = home.looks
    looked(home, 50)
    home.store.run(lambda db: db.set_trace_callback(None))
    assert set(asked) == {"PRAGMA data_version"}
    assert len(asked) <= home.looks - before + 1


def test_keys_are_looked_for_when_others_poll_and_not_when_the_person_goes_elsewhere(home, tmp_path):
    """It may take a keyring's child, in each window that has no key."""
    home.store.close()
    home.store = Store(str(tmp_path / "opencredits.db"))
    searches = []
    home.keys.find = lambda account: searches.append(account) or Keys()
    session = Session(home, threading.RLock(), lambda method, about: None)
    session.initialize({"protocol": 1})
    session.begin()
    wait_for(lambda: searches, "the first search")
    with closing(Store(home.store.path)) as other:
        looked(home, 10)
        before = len(searches)
        other.alerts.focused(NOW)
        looked(home, 10)
        assert len(searches) == before
        other.ensure("default", home.settings.accounts["default"].base_url, "key")
        wait_for(lambda: len(searches) > before, "another search")
    session.close()


@pytest.mark.parametrize(("template", "counts"), [("{amount}", False), ("{amount} {age}", True)])
def test_only_what_ages_is_made_anew_as_time_passes(home, session, monkeypatch, template, counts):
    """An editor is open all day, and its reading says when it was read."""
    session.settings({"format": template})
    wait_for(lambda: "$" in text(session), "the balance")
    looked(home, 50)
    monkeypatch.setattr("opencredits.session.watcher._AGES_AGAIN", 0)
    made = session.monitor.made
    looked(home, 50)
    assert (session.monitor.made > made) == counts


def test_details_are_there_where_the_status_bar_is_switched_off(session):
    """Whoever asks for them wants to see them."""
    session.settings({"show_in_status_bar": False})
    assert session.show()["text"] == ""
    assert session.details({})["text"].startswith("OpenRouter: $")


def test_what_is_wrong_with_several_accounts_is_said_once(home, sim, session):
    one = home.settings.accounts["default"]
    home.settings = Config(accounts={name: replace(one, name=name) for name in ("default", "work")})
    wait_for(lambda: len(session.told[-1][1]["status"]["accounts"]) == 2, "the second account")
    sim.close()
    home.now += timedelta(minutes=1)
    assert session.refresh({})["message"].count("refused the connection") == 1


class FailingProvider:
    """Fails as a bug would."""

    asked = 0

    def read(self, keys, asked_at, *, ask_credits):
        self.asked += 1
        raise RuntimeError("nobody had thought of this")

    def close(self):
        pass


def test_a_poll_that_fails_unexpectedly_is_shown_and_not_done_again_at_each_look(home):
    """It would ask OpenRouter and write into the log every second or two."""
    told, failing = [], FailingProvider()
    home.monitor = lambda config, handed: Monitor(
        config, home.store, home.keys, None, clock=lambda: home.now, provider_of=lambda account: failing
    )
    session = Session(home, threading.RLock(), lambda method, about: told.append(about["status"]["text"]))
    session.initialize({"protocol": 1})
    session.begin()
    wait_for(
        lambda: told[-1:] == ["OpenRouter: Error (internal error)"], lambda: f"the error: {told}", AT_ONCE
    )
    session.focus({"focused": True})
    looked(home, 50)
    assert failing.asked == 1
    session.close()


def test_ages_go_on_when_the_editor_gains_the_focus(home, sim, session):
    """Whoever looks sees what is so now, and need not wait for the next time it is computed."""
    sim.close()
    home.now += timedelta(minutes=10)
    wait_for(lambda: "10m ago" in text(session), "the age")
    home.now += timedelta(seconds=59)
    session.focus({"focused": False})
    looked(home, 10)
    assert "10m ago" in text(session)
    home.now += timedelta(seconds=1)
    session.focus({"focused": True})
    wait_for(lambda: "11m ago" in text(session), "the new age", AT_ONCE)


def test_a_changed_file_does_not_lay_the_editors_settings_bare(home):
    """Not even for a moment: they are still shown until they are laid over the new file."""
    monitor = Monitor(Config(), home.store, OneKey("x"), None)
    own = Config(Settings(show_in_status_bar=False))
    monitor.show(own)
    monitor.reconfigure(Config(Settings(rate_window=5)), OneKey("y"))
    assert monitor.config == own
    assert monitor.shared_config.settings.rate_window == 5


def test_a_saved_setting_holds_although_the_watch_was_faster(home, session):
    """It has seen the new file before what this session had set is taken back."""
    session.settings({"format": "own"})

    def save(name, text):
        home.settings = replace(home.settings, settings=replace(home.settings.settings, format="saved"))
        looked(home, 3)

    home.save = save
    session.save_setting({"name": "format", "value": "saved"})
    assert session.show()["text"] == "saved"


def test_a_removed_key_is_not_polled_with_while_keys_are_looked_for(home, sim):
    """Whoever polls then waits for what is found, and asks nobody."""
    removed, polled = threading.Event(), threading.Event()
    account = home.settings.accounts["default"]

    class Slow:
        """The search after the removal takes until somebody else has tried to poll."""

        def find(self, account):
            if not removed.is_set():
                return home.keys.find(account)
            if threading.current_thread() is not other:
                other.start()
                polled.wait(AT_ONCE)
            return Keys()

    monitor = Monitor(home.settings, home.store, Slow(), None, clock=lambda: home.now)
    other = threading.Thread(target=lambda: (monitor.poll_if_due(), polled.set()))
    monitor.poll_if_due()
    asked = sim.count()
    removed.set()
    monitor.forget(account)
    monitor.find_keys()
    other.join()
    assert polled.is_set()
    assert sim.count() == asked


def test_who_looks_for_keys_last_is_right(home):
    """A search that began before a key was removed must not bring it back afterwards."""
    answers, begun, go = (
        [Keys(), Keys(Key("old", "ordinary", "keyring", "k"))],
        threading.Event(),
        threading.Event(),
    )

    class Slow:
        """The first search is still under way when the second one begins."""

        def find(self, account):
            answer = answers.pop()
            if answer.ordinary:
                begun.set()
                go.wait()
            return answer

    monitor = Monitor(home.settings, home.store, Slow(), None)
    first, second = (threading.Thread(target=monitor.find_keys) for _ in range(2))
    first.start()
    begun.wait()
    second.start()
    second.join(0.1)  # it may be faster, where it does not wait for the first
    go.set()
    for each in (first, second):
        each.join()
    assert monitor.keys(home.settings.accounts["default"]) == Keys()
