"""Keeps the readings fresh together with all other processes: who polls, when, and what follows from it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from .. import status_file
from ..clock import Clock, utc_now
from ..config import AccountSettings, Config
from ..errors import RefreshRefused
from ..keys import Keys
from ..log import Log
from ..paths import Paths
from ..providers import Provider, provider_of
from ..reading import Fault
from ..status import AccountStatus, Status, View, account_status
from ..store import Finished, Record, Store
from ..zone import LOCAL
from .found_keys import FoundKeys, KeySource
from .lookout import Lookout
from .poller import Poller
from .side_by_side import side_by_side
from .stored_view import view_of
from .turns import Turns


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
        self._where = where
        self._clock = clock
        self._keys = FoundKeys(finder)
        self._poller = Poller(store, clock, provider_of, self._keys, self._has_polled)
        self._turns = Turns(store, clock, self._keys, self._poller)
        self._lookout = Lookout(store, log or Log(None, "alerts"))
        self._writing = threading.Lock()

    def reconfigure(self, config: Config, finder: KeySource) -> None:
        """Go on with another configuration file. Keys are used until they are found anew.

        What is shown stays as it is until `show`, so that no session's settings are missing for a moment.
        """
        self.shared_config = config
        self._keys.source = finder

    def show(self, config: Config) -> None:
        """Use another session's settings from here on; `status.json` keeps to the first ones."""
        self.config = config

    def now(self) -> datetime:
        """The time, by the clock that everything here goes by."""
        return self._clock()

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

    def record(self, account: AccountSettings) -> Record | None:
        """What is stored for this session's key of the account, or for the newest without a key."""
        keys = self._keys.known(account)
        return self.store.find(account.name, account.base_url, keys.fingerprint if keys else None)

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

    def keys(self, account: AccountSettings) -> Keys:
        """The account's keys, looked for once."""
        return self._keys.of(account)

    def find_keys(self) -> None:
        """Look for the keys of the watched accounts anew; until they are found the old ones are used."""
        self._keys.find(self.config.watched())

    def forget(self, account: AccountSettings) -> None:
        """Somebody changed the keys of an account: they are not used any more, nor what is known by them."""
        # In this order: whoever polls with the old ones has lost the lease, or finds them gone.
        self._keys.forget(account)
        self.store.forget(account.name, account.base_url)

    def has_new_accounts(self) -> bool:
        """Whether an account is watched whose keys nobody has looked for yet."""
        return any(self._keys.known(account) is None for account in self.config.watched())

    def lacks_keys(self) -> bool:
        """Whether looking for keys anew may help: one is missing, was refused, or has been replaced."""
        return any(self._lacks_key(account) for account in self.config.watched())

    def next_due(self) -> datetime | None:
        """When the next poll of a watched account is due, as far as its key is known. None: never."""
        dues = [self._turns.next(account, self.config.settings) for account in self.config.watched()]
        return min((due for due in dues if due is not None), default=None)

    def poll_if_due(self) -> None:
        """Bring every watched account up to date, unless its time has not come; see `Turns.take`."""
        side_by_side(lambda account: self._turns.take(account, self.config.settings), self.config.watched())

    def refresh(self, *names: str) -> list[RefreshRefused]:
        """Ask at once, whatever the schedule says: for these accounts, or for all that are watched.

        Returns what had to be left alone, and until when. Raises ConfigError for an unknown name.
        """
        refused: list[RefreshRefused] = []

        def one(account: AccountSettings) -> None:
            try:
                self._turns.take_now(account)
            except RefreshRefused as exc:
                refused.append(exc)

        side_by_side(one, [self.config.account(name) for name in names] or self.config.watched())
        return refused

    def is_poller(self) -> bool:
        """Whether it was this process that asked last, for any account."""
        records = [self.record(account) for account in self.config.watched()]
        return any(record.poller == self.store.holder for record in records if record)

    def give_up(self) -> None:
        """Let somebody else do the polls that are under way."""
        self._poller.give_up()

    def close(self) -> None:
        """Let go of connections."""
        self._poller.close()

    def _status_of(self, config: Config, *, shared: bool = False) -> Status:
        views = [self._view(account, config, shared=shared) for account in config.watched()]
        return Status.of(views, config.settings, self._clock().astimezone(LOCAL))

    def _view(self, account: AccountSettings, config: Config, *, shared: bool = False) -> View:
        keys = self._keys.known(account)
        own = keys.fingerprint if keys and not shared else None
        record = self.store.find(account.name, account.base_url, own, handed=not shared)
        fault = _cannot_be_asked(account) or (keys.fault if keys else None)
        return view_of(self.store, account, record, config.settings, fault)

    def _lacks_key(self, account: AccountSettings) -> bool:
        keys = self._keys.known(account)
        if keys is None or keys.fingerprint is None:
            return True
        record = self.store.find(account.name, account.base_url, keys.fingerprint)
        return record is not None and (record.polled.rejected or record.polled.finished_at is None)

    def _has_polled(self, account: AccountSettings, before: Record, done: Finished) -> None:
        """See what follows from it for everybody."""
        if not done.handed:
            self.write_status()
        now = self._clock().astimezone(LOCAL)
        self._lookout.look(account, before, done.reading, self.shared_config, now)


def _cannot_be_asked(account: AccountSettings) -> Fault | None:
    if account.fault is None:
        return None
    return Fault(
        "config", "config", account.fault, "Mend it, so that its key is not sent to the wrong place."
    )
