"""The conversation with one editor: what it can call, and what it is told without having asked."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from . import __version__, key_change, params
from .config import Config
from .details import REFRESH, REMOVE, details, subject_of
from .errors import BadParams, KeyMissing, NotARequest, NotInitialized, NotOffered, ProtocolUnsupported
from .first_answer import PROTOCOL, result
from .handed_keys import HandedKeys
from .home import Home
from .keyring_store import KeyKind
from .keys import Keys, check_key
from .lane import Lane
from .log import Log
from .menu import menu
from .monitor import Monitor
from .overrides import Overrides
from .params import Params

_KEYS_AGAIN = 60.0  # seconds until a source that had no key is asked anew
_LONGEST_NAME = 64
_REST = 60.0  # seconds after a poll that failed in a way that nobody had thought of
_LOOK_AGAIN = 30.0  # seconds until ages and rates are computed anew without anything new

Result = dict[str, Any] | None


class Tell(Protocol):
    """Sends a notification to the editor."""

    def __call__(self, method: str, about: Mapping[str, object]) -> None:
        """Under `speaking`."""


class Session:
    """One editor's view of the accounts.

    Whatever is told or answered is made and sent under the lock `speaking`, so that nothing older is ever
    said after something newer. After the answer to `initialize` was sent, `begin` starts to look for news.
    """

    def __init__(self, home: Home, speaking: threading.RLock, tell: Tell) -> None:
        self.log = Log(home.log, "bridge")
        self.lanes: Mapping[str, Lane] = {name: Lane() for name in ("refreshes", "questions", "changes")}
        self._home = home
        self._speaking = speaking
        self._tell = tell
        self._polls = Lane()
        self._woken = threading.Event()
        self._shown: object = None
        self._overrides = Overrides()
        self._configuring = threading.RLock()
        self._monitor: Monitor | None = None
        self._watcher: threading.Thread | None = None
        self._config_version: object = None
        self._config_faults: tuple[str, ...] = ()
        self._store_version: object = None
        self._closed = False
        self._looked_at = 0.0
        self._stale_at: datetime | None = None
        self._due: datetime | None = None
        self._rests_until = 0.0
        self._keys_found: tuple[float, object] | None = None
        self._lacks_keys = True
        self._handed = HandedKeys()
        self._to_confirm: tuple[str, str, str] | None = None

    @property
    def monitor(self) -> Monitor:
        """The accounts. Raises NotInitialized."""
        if self._monitor is None:
            raise NotInitialized("'initialize' has to come first.")
        return self._monitor

    @property
    def methods(self) -> Mapping[str, Method]:
        """What can be called."""
        return METHODS

    @property
    def is_initialized(self) -> bool:
        """Whether `initialize` has been answered."""
        return self._monitor is not None

    @property
    def config(self) -> Config:
        """The options of this session: `config.toml` and, on top of it, the editor's."""
        return self.monitor.config

    def show(self) -> dict[str, Any]:
        """The status as it is now. Call it under `speaking`, and send it: it counts as told."""
        now, status = self.monitor.now(), self.monitor.status()
        is_to_come = status.stale_at is not None and status.stale_at > now
        self._stale_at = status.stale_at if is_to_come else None
        self._shown = status.to_json()
        return self._shown

    def begin(self, told: object = None) -> None:
        """Look for news from here on. `told` is a status that the editor has been told before."""
        self._shown = self._shown or told
        if self._monitor is not None and self._watcher is None:
            self._watcher = threading.Thread(target=self._watch, daemon=True)
            self._watcher.start()

    def close(self) -> None:
        """Look for no more news, and leave the polls that are under way to somebody else."""
        self._closed = True
        self._woken.set()
        if self._monitor is not None:
            self._monitor.give_up()

    def initialize(self, given: Params) -> Result:
        """Everything else waits for this. Answered from what is stored."""
        if self._monitor is not None:
            raise NotARequest("The session is initialized already.")
        _check_protocol(given.get("protocol"))
        client = params.table(given, "client")
        name, version = (params.text_or_none(client, field) for field in ("name", "version"))
        keeps_keys = params.flag(client, "keeps_keys", default=False)
        handed = HandedKeys(params.keys(given), editor_keeps=keeps_keys)
        settings = params.table(given, "settings")
        self.log.who = " ".join(f"{name or 'editor'} {version or ''}".split())[:_LONGEST_NAME]
        self._config_version = self._home.config_version()
        config = self._home.config()
        faults = self._overrides.update(settings, config.accounts)
        self._config_faults = config.faults
        self._handed = handed
        self._monitor = self._home.monitor(config, handed)
        self._monitor.show(self._overrides.over(config))
        self.log.write(f"Started, version {__version__}.")
        return result(None, faults)

    def status(self, given: Params) -> Result:  # noqa: ARG002  # as all methods
        """What is shown now."""
        return {}

    def refresh(self, given: Params) -> Result:
        """Ask now. Raises RefreshRefused, ConfigError for an unknown account."""
        account = params.text_or_none(given, "account")
        if self.monitor.lacks_keys():
            self._home.keyring.ask_again()
            self._find_keys()
        names = [account] if account is not None else [each.name for each in self.config.watched()]
        refused = self.monitor.refresh(*names)
        self._woken.set()
        if refused:
            raise refused[0]
        errors = [self.monitor.account_status(self.config.account(name)).error for name in names]
        sentences = dict.fromkeys(error.sentence() for error in errors if error is not None)
        return {"message": " ".join(sentences) or None}

    def settings(self, given: Params) -> Result:
        """The editor's own options. What cannot be used is named, and the rest is used."""
        if "" in given:
            raise BadParams("Settings are an object.")
        faults = self._overrides.update(given, self.monitor.shared_config.accounts)
        self._apply_overrides()
        return {"faults": faults}

    def save_setting(self, given: Params) -> Result:
        """Set an option for all editors. Raises ConfigError."""
        name, value = params.text(given, "name"), params.text(given, "value")
        self._home.save(name, value)
        self._overrides.update({name: None}, ())
        self._reload_if_changed()
        self._apply_overrides()  # the watch may have seen the new file first, with what is taken back here
        return {"message": f"{name} is {value} now, in every editor that does not set it itself."}

    def set_key(self, given: Params) -> Result:
        """Check a key with the API and store it. Raises what is against it."""
        account = self.config.account(params.text(given, "account"))
        wanted, secret = params.kind(given), check_key(params.text(given, "key"))
        self._check_keyring(account.name)
        kind = key_change.identified(account, secret, wanted)
        where = self._keep(account.name, kind, secret)
        self._use_new_keys(account.name)
        return {
            "message": key_change.stored(account.name, kind, where),
            "kind": kind,
            "stored_in": where,
        }

    def remove_key(self, given: Params) -> Result:
        """Remove a key from where `set_key` stores it. Raises KeyMissing when there is none."""
        account, kind = self.config.account(params.text(given, "account")), params.kind(given) or "ordinary"
        was_stored = self._home.keyring.remove(account.name, kind)
        was_handed = self._handed.remove(account.name, kind)
        self._use_new_keys(account.name)
        keys = self.monitor.keys(account)
        other = keys.ordinary if kind == "ordinary" else keys.management
        left = f"A key is still found: {other.origin}." if other else ""
        if not was_stored and not was_handed:
            raise KeyMissing(key_change.nothing_to_remove(account.name, kind), action=left)
        message = f"{key_change.removed(account.name, kind)} {left}".strip()
        return {"message": message, "removed": {"account": account.name, "kind": kind}}

    def details(self, given: Params) -> Result:  # noqa: ARG002
        """A page to read, and what can be done about its rows."""
        keys = self.found_keys()
        return details(self.monitor.status_in_full(), keys)

    def menu(self, given: Params) -> Result:  # noqa: ARG002
        """What can be configured."""
        return menu(self.config, self.found_keys(), editor_keeps_keys=self._handed.editor_keeps)

    def act(self, given: Params) -> Result:
        """Do an action of an alert or a row. Raises NotOffered when there is none such."""
        subject, action = params.text(given, "subject"), params.text(given, "action")
        token = params.text_or_none(given, "confirm")
        account = {subject_of(name): name for name in self.config.accounts}.get(subject)
        kind = {action: kind for kind, action in REMOVE.items()}.get(action)
        if account is not None and action == REFRESH:
            return {**(self.refresh({"account": account}) or {}), "confirm": None, "removed": None}
        if account is None or kind is None:
            raise NotOffered("That is not offered, or no longer.", action="Look at the details again.")
        if token is None:
            return self._ask(subject, action, f"Remove the {key_change.WORDS[kind]} of '{account}'?")
        self._check_confirmed(subject, action, token)
        removed = self.remove_key({"account": account, "kind": kind})
        return {**(removed or {}), "confirm": None}

    def focus(self, given: Params) -> Result:
        """The editor has gained or lost the focus. Whoever looks sees what is so now."""
        if params.flag(given, "focused"):
            self._woken.set()
        return None

    def shutdown(self, given: Params) -> Result:  # noqa: ARG002
        """The end; the bridge sees to it after the answer."""
        return None

    def found_keys(self) -> dict[str, Keys]:
        """The keys of all accounts that are enabled, by account; looked for where they are not known yet."""
        accounts = [each for each in self.config.accounts.values() if each.enabled]
        return {account.name: self.monitor.keys(account) for account in accounts}

    def _ask(self, subject: str, action: str, question: str) -> Result:
        token = os.urandom(6).hex()
        self._to_confirm = (subject, action, token)
        return {"message": None, "confirm": {"text": question, "token": token}, "removed": None}

    def _check_confirmed(self, subject: str, action: str, token: str) -> None:
        asked, self._to_confirm = self._to_confirm, None
        if asked != (subject, action, token):
            raise NotOffered("That was asked too long ago; nothing was done.", action="Choose it again.")

    def _check_keyring(self, account: str) -> None:
        """Before a key is used that could not be kept. Raises KeyMissing, KeyringSilent."""
        self._home.keyring.ask_again()
        try:
            key_change.check_keyring(self._home.keyring, account)
        except KeyMissing:
            if not self._handed.editor_keeps:
                raise

    def _keep(self, account: str, kind: KeyKind, secret: str) -> str:
        """Store a key in the keyring, where there is none in the editor. Raises KeyMissing, KeyringSilent."""
        try:
            where = self._home.keyring.write(account, kind, secret)
        except KeyMissing:  # some keyrings show only now that they keep nothing
            if not self._handed.editor_keeps:
                raise
            return self._handed.write(account, kind, secret)
        self._handed.remove(account, kind)
        return where

    def _use_new_keys(self, account: str) -> None:
        self.monitor.forget(self.config.accounts[account])
        self._find_keys()
        self.monitor.poll_if_due()
        self.monitor.write_status()
        self._woken.set()

    def _find_keys(self) -> None:
        self._keys_found = (time.monotonic(), self.monitor.store.version())
        self.monitor.find_keys()

    def _apply_overrides(self) -> None:
        with self._configuring:
            self.monitor.show(self._overrides.over(self.monitor.shared_config))
        self._woken.set()

    def _watch(self) -> None:
        while not self._closed:
            self._safely(self._look)
            self._woken.wait(self._home.tick)

    def _look(self) -> None:
        """Notice what has changed, tell it, and see to it that polls are done when they are due."""
        woken = self._woken.is_set()
        if woken:  # one that comes after the question stays for the next look
            self._woken.clear()
        self._reload_if_changed()
        self._tell_config_faults()
        now, version = self.monitor.now(), self.monitor.store.version()
        is_old = self._stale_at is not None and now >= self._stale_at
        looked = time.monotonic() - self._looked_at
        if woken or version != self._store_version or is_old or looked >= _LOOK_AGAIN:
            self._store_version, self._looked_at = version, time.monotonic()
            self._tell_if_changed()
            self._due = self.monitor.next_due()
            self._lacks_keys = self.monitor.lacks_keys()
        is_due = self._due is not None and now >= self._due
        is_free = not len(self._polls) and time.monotonic() >= self._rests_until
        if is_free and (is_due or self._wants_keys()):
            self._polls.put(lambda: self._safely(self._poll))

    def _poll(self) -> None:
        # One that raises has stored nothing that would say when the next is due.
        self._rests_until = time.monotonic() + _REST
        try:
            if self._wants_keys():
                self._find_keys()
            self.monitor.poll_if_due()
            self._rests_until = 0.0
            if self.monitor.is_poller():
                self.log.rotate()
        finally:
            self._woken.set()

    def _wants_keys(self) -> bool:
        """Whether to look for keys anew: something is missing, and it is a minute ago or a sign has come."""
        if self._keys_found is None or self.monitor.has_new_accounts():
            return True
        found_at, version = self._keys_found
        # Whoever stores a key writes to the store as well.
        is_time = time.monotonic() - found_at >= _KEYS_AGAIN or version != self._store_version
        return is_time and self._lacks_keys

    def _reload_if_changed(self) -> None:
        with self._configuring:
            version = self._home.config_version()
            if version == self._config_version:
                return
            self._config_version = version
            config = self._home.config()
            self._config_faults = config.faults
            self.monitor.reconfigure(config, self._home.finder(config, self._handed))
            self._keys_found = None
            self._apply_overrides()

    def _tell_if_changed(self) -> None:
        with self._speaking:
            before = self._shown
            if self.show() != before:
                self._tell("status_changed", {"status": self._shown})

    def _tell_config_faults(self) -> None:
        faults, self._config_faults = self._config_faults, ()
        if faults:
            message = " ".join(faults)
            self.log.write(message)
            alert = {"id": "config", "kind": "config", "level": "warn", "title": "OpenCredits"}
            self._tell("alert", {**alert, "message": message, "actions": []})

    def _safely(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as exc:  # noqa: BLE001  # the watch goes on, whatever happened; the log has it
            self.log.write_exception("Something unexpected went wrong.", exc)


@dataclass(frozen=True)
class Method:
    """How a request is answered: at once, or on a lane beside the others; with the status, or without."""

    run: Callable[[Session, Params], Result]
    lane: Literal["refreshes", "questions", "changes"] | None = None
    shows: bool = True


METHODS = {
    "initialize": Method(Session.initialize),
    "status": Method(Session.status),
    "refresh": Method(Session.refresh, "refreshes"),
    "settings": Method(Session.settings),
    "save_setting": Method(Session.save_setting, "changes"),
    "set_key": Method(Session.set_key, "changes"),
    "remove_key": Method(Session.remove_key, "changes"),
    "details": Method(Session.details, "questions", shows=False),
    "menu": Method(Session.menu, "questions", shows=False),
    "act": Method(Session.act, "changes"),
    "focus": Method(Session.focus, shows=False),
    "shutdown": Method(Session.shutdown, shows=False),
}


def _check_protocol(asked: object) -> None:
    if isinstance(asked, bool) or not isinstance(asked, int):
        raise BadParams("'protocol' has to be a whole number.")
    if asked != PROTOCOL:
        raise ProtocolUnsupported(
            f"This OpenCredits ({__version__}) knows version {PROTOCOL} of the protocol, and not {asked}.",
            action="Update the editor's adapter and the core to the same version.",
        )
