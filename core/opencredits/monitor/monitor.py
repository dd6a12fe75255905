"""Keeps the readings fresh together with all other processes: who polls, when, and what follows from it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from .. import schedule, status_file
from ..clock import Clock, utc_now
from ..config import AccountSettings, Config
from ..errors import RefreshRefused
from ..keys import Keys
from ..log import Log
from ..moment import show_clock
from ..paths import Paths
from ..providers import Provider, provider_of
from ..reading import Fault
from ..schedule import TURN_OF_OTHERS, Polled
from ..status import AccountStatus, Status, View, account_status
from ..store import Finished, Record, Store
from ..store.lease import is_dead
from ..zone import LOCAL
from .lookout import Lookout
from .poller import Poller
from .stored_view import view_of

PATIENCE = 6.0
LONGEST_PATIENCE = 20.0
_LOOK_AGAIN = 0.1


class KeySource(Protocol):
    """Where a monitor gets its keys."""

    def find(self, account: AccountSettings) -> Keys:
        """The keys of an account; why there are none is in them."""


class Monitor:
    """The watched accounts of one session, with the keys that this session finds for them."""

    def __init__(
        self,
        config: Config,
        store: Store,
        finder: KeySource,
        where: Paths | None,
        *,
        clock: Clock = utc_now,
        log: Log | None = None,
        provider_of: Callable[[AccountSettings], Provider] = provider_of,
    ) -> None:
        """`where` is the place of `status.json`; None: it is not written.

        `config` is that of the file, which `status.json` and alerts follow; `show` lays another one over it.
        `log` takes what did not work without being anybody's answer.
        """
        self.config = config
        self.store = store
        self.shared_config = config
        self._finder = finder
        self._where = where
        self._clock = clock
        self._poller = Poller(store, clock, provider_of, self)
        self._lookout = Lookout(store, log or Log(None, "alerts"))
        self._keys: dict[str, Keys] = {}
        self._finding = threading.Lock()
        self._writing = threading.Lock()

    def reconfigure(self, config: Config, finder: KeySource) -> None:
        """Go on with another configuration file. Keys are used until they are found anew.

        What is shown stays as it is until `show`, so that no session's settings are missing for a moment.
        """
        self.shared_config = config
        self._finder = finder

    def show(self, config: Config) -> None:
        """Use another session's settings from here on; `status.json` keeps to the first ones."""
        self.config = config

    def status(self) -> Status:
        """What is stored now, as this session shows it. Asks nobody."""
        return self._status_of(self.config)

    def status_in_full(self) -> Status:
        """The same for whoever asks for more than the status bar, which may be switched off."""
        settings = replace(self.config.settings, show_in_status_bar=True)
        return self._status_of(replace(self.config, settings=settings))

    def account_status(self, account: AccountSettings) -> AccountStatus:
        """One account's share of it, watched or not."""
        view = self._view(account, self.config)
        return account_status(view, self.config.settings, self._clock().astimezone(LOCAL))

    def keys(self, account: AccountSettings) -> Keys:
        """The account's keys, looked for once."""
        found = self._keys.get(account.name)
        if found is None:
            found = self._keys[account.name] = self._finder.find(account)
        return found

    def find_keys(self) -> None:
        """Look for the keys of the watched accounts anew; until they are found the old ones are used.

        Those of the others are forgotten, and looked for when somebody asks.
        """

        def one(account: AccountSettings) -> None:
            self._keys[account.name] = self._finder.find(account)

        with self._finding:  # what was looked for first must not be found last
            watched = self.config.watched()
            for name in self._keys.keys() - {account.name for account in watched}:
                self._keys.pop(name, None)
            _side_by_side(one, watched)

    def forget(self, account: AccountSettings) -> None:
        """Somebody changed the keys of an account: they are not used any more, nor what is known by them."""
        with self._finding:
            # In this order: whoever polls with the old ones has lost the lease, or finds them gone.
            self._keys.pop(account.name, None)
            self.store.forget(account.name, account.base_url)

    def has_new_accounts(self) -> bool:
        """Whether an account is watched whose keys nobody has looked for yet."""
        return any(account.name not in self._keys for account in self.config.watched())

    def is_poller(self) -> bool:
        """Whether it was this process that asked last, for any account."""
        records = [self.record(account) for account in self.config.watched()]
        return any(record.poller == self.store.holder for record in records if record)

    def now(self) -> datetime:
        """The time, by the clock that everything here goes by."""
        return self._clock()

    def lacks_keys(self) -> bool:
        """Whether looking for keys anew may help: one is missing, was refused, or has been replaced."""
        return any(self._lacks_key(account) for account in self.config.watched())

    def next_due(self) -> datetime | None:
        """When the next poll of a watched account is due, as far as its key is known. None: never."""
        dues = [self._next_due(account) for account in self.config.watched()]
        return min((due for due in dues if due is not None), default=None)

    def record(self, account: AccountSettings) -> Record | None:
        """What is stored for this session's key of the account, or for the newest without a key."""
        keys = self._keys.get(account.name)
        return self.store.find(account.name, account.base_url, keys.fingerprint if keys else None)

    def poll_if_due(self) -> None:
        """Bring every watched account up to date, unless its time has not come.

        Where another process is polling, its result is waited for: 6 seconds, or up to 20 while nothing
        is stored.
        """
        _side_by_side(self._poll_if_due, self.config.watched())

    def refresh(self, *names: str) -> list[RefreshRefused]:
        """Ask at once, whatever the schedule says: for these accounts, or for all that are watched.

        Returns what had to be left alone, and until when. Raises ConfigError for an unknown name.
        """
        refused: list[RefreshRefused] = []

        def one(account: AccountSettings) -> None:
            try:
                self._refresh(account)
            except RefreshRefused as exc:
                refused.append(exc)

        _side_by_side(one, [self.config.account(name) for name in names] or self.config.watched())
        return refused

    def give_up(self) -> None:
        """Let somebody else do the polls that are under way."""
        self._poller.give_up()

    def close(self) -> None:
        """Let go of connections."""
        self._poller.close()

    def are_current(self, account: AccountSettings, keys: Keys) -> bool:
        """Whether these keys are still the account's."""
        return keys.are(self._keys.get(account.name))

    def has_polled(self, account: AccountSettings, before: Record, done: Finished) -> None:
        """A poll was stored: see what follows from it for everybody."""
        if not done.handed:
            self.write_status()
        now = self._clock().astimezone(LOCAL)
        self._lookout.look(account, before, done.reading, self.shared_config, now)

    def write_status(self) -> None:
        """Write `status.json` as the configuration file alone has it.

        A folder that cannot be written is passed over.
        """
        if self._where is None:
            return
        with self._writing:
            status = self._status_of(self.shared_config, shared=True)
            try:
                status_file.write(self._where.status, status.to_json())
            except OSError:
                pass  # `doctor` names it; the reading itself is not lost

    def _status_of(self, config: Config, *, shared: bool = False) -> Status:
        views = [self._view(account, config, shared=shared) for account in config.watched()]
        return Status.of(views, config.settings, self._clock().astimezone(LOCAL))

    def _view(self, account: AccountSettings, config: Config, *, shared: bool = False) -> View:
        keys = self._keys.get(account.name)
        own = keys.fingerprint if keys and not shared else None
        record = self.store.find(account.name, account.base_url, own, handed=not shared)
        fault = _cannot_be_asked(account) or (keys.fault if keys else None)
        return view_of(self.store, account, record, config.settings, fault)

    def _poll_if_due(self, account: AccountSettings) -> None:
        started = time.monotonic()
        while True:
            keys = self.keys(account)
            if keys.fingerprint is None or account.fault is not None:
                return
            record = self.store.ensure(account.name, account.base_url, keys.fingerprint)
            now = self._clock()
            if not self._is_due(record, now) or self._poller.poll(account, keys, record, now, manual=False):
                return
            patience = LONGEST_PATIENCE if record.reading is None else PATIENCE
            if time.monotonic() - started > patience:
                return
            time.sleep(_LOOK_AGAIN)

    def _refresh(self, account: AccountSettings) -> None:
        asked_at, started = self._clock(), time.monotonic()
        while time.monotonic() - started < LONGEST_PATIENCE:
            keys = self.keys(account)
            if keys.fingerprint is None or account.fault is not None:
                return
            record = self.store.ensure(account.name, account.base_url, keys.fingerprint)
            now = self._clock()
            if _answered_since(record.polled, asked_at) or schedule.just_refreshed(record.polled, now):
                return
            _check_retry_after(account, record.polled, now)
            if self._poller.poll(account, keys, record, now, manual=True):
                return
            time.sleep(_LOOK_AGAIN)

    def _lacks_key(self, account: AccountSettings) -> bool:
        keys = self._keys.get(account.name)
        if keys is None or keys.fingerprint is None:
            return True
        record = self.store.find(account.name, account.base_url, keys.fingerprint)
        return record is not None and (record.polled.rejected or record.polled.finished_at is None)

    def _next_due(self, account: AccountSettings) -> datetime | None:
        keys = self._keys.get(account.name)
        if keys is None or keys.fingerprint is None or account.fault is not None:
            return None
        return self._due(self.store.ensure(account.name, account.base_url, keys.fingerprint), self._clock())

    def _is_due(self, record: Record, now: datetime) -> bool:
        due = self._due(record, now)
        return due is not None and now >= due

    def _due(self, record: Record, now: datetime) -> datetime | None:
        settings = self.config.settings
        # Until the next poll nothing is shown of what another version stored and this one cannot read.
        interval = settings.update_interval if record.reading is not None else schedule.LEAST_WAIT
        due = schedule.next_due(record.polled, interval, adaptive=settings.adaptive, now=now)
        if due is None:
            return None
        # Whoever polled last has the HTTP client loaded, so it goes first and the others wait a moment.
        others_turn = record.poller not in (None, self.store.holder) and not is_dead(record.poller or "")
        return due + (TURN_OF_OTHERS if others_turn and record.polled.finished_at else timedelta(0))


def _cannot_be_asked(account: AccountSettings) -> Fault | None:
    if account.fault is None:
        return None
    return Fault(
        "config", "config", account.fault, "Mend it, so that its key is not sent to the wrong place."
    )


def _answered_since(polled: Polled, asked_at: datetime) -> bool:
    return polled.finished_at is not None and polled.finished_at > asked_at


def _check_retry_after(account: AccountSettings, polled: Polled, now: datetime) -> None:
    floor = schedule.retry_floor(polled, now)
    if floor is not None:
        local = show_clock(floor, now.astimezone(LOCAL))
        raise RefreshRefused(
            f"{account.label} was not asked again: the server wants to be left alone until {local}.",
            action="What is stored is shown.",
        )


def _side_by_side(action: Callable[[AccountSettings], None], accounts: Sequence[AccountSettings]) -> None:
    """Do it for all accounts at once, so that one that hangs does not hold up the others."""
    if len(accounts) == 1:
        action(accounts[0])
        return
    raised: list[BaseException] = []

    def guarded(account: AccountSettings) -> None:
        try:
            action(account)
        except BaseException as exc:  # noqa: BLE001  # raised again by the caller, below
            raised.append(exc)

    threads = [threading.Thread(target=guarded, args=(each,), daemon=True) for each in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]
