"""The conversation with one editor: what it can call, and what it is told without having asked."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from .. import __version__, key_change
from ..config import Config
from ..errors import BadParams, KeyMissing, NotARequest, NotInitialized, NotOffered, ProtocolUnsupported
from ..first_answer import PROTOCOL, result
from ..handed_keys import HandedKeys
from ..home import Home
from ..keys import Keys, check_key
from ..log import Log
from ..monitor import Monitor
from ..store import Alert
from . import params
from .alert_desk import DETAILS
from .confirmation import Confirmation
from .details import REFRESH, REMOVE, details, subject_of
from .key_desk import KeyDesk
from .menu import menu
from .params import Params
from .session_config import SessionConfig
from .watcher import Tell, Watcher

_LONGEST_NAME = 64

Result = dict[str, Any] | None

_NOTHING: Mapping[str, object] = dict.fromkeys(("message", "confirm", "removed", "url", "page"))


class Session:
    """One editor's view of the accounts.

    Whatever is told or answered is made and sent under the lock `speaking`. After the answer to
    `initialize` was sent, `begin` starts to look for news.
    """

    def __init__(self, home: Home, speaking: threading.RLock, tell: Tell) -> None:
        self.log = Log(home.log, "bridge")
        self._home = home
        self._speaking = speaking
        self._tell = tell
        self._config: SessionConfig | None = None
        self._watcher: Watcher | None = None
        self._keys = KeyDesk(home.keyring, HandedKeys())
        self._confirmation = Confirmation()

    @property
    def watcher(self) -> Watcher:
        """What looks for news. Raises NotInitialized."""
        if self._watcher is None:
            raise NotInitialized("'initialize' has to come first.")
        return self._watcher

    @property
    def monitor(self) -> Monitor:
        """The accounts. Raises NotInitialized."""
        return self.options.monitor

    @property
    def options(self) -> SessionConfig:
        """What was configured. Raises NotInitialized."""
        if self._config is None:
            raise NotInitialized("'initialize' has to come first.")
        return self._config

    @property
    def is_initialized(self) -> bool:
        """Whether `initialize` has been answered."""
        return self._watcher is not None

    @property
    def config(self) -> Config:
        """The options of this session: `config.toml` and, on top of it, the editor's."""
        return self.monitor.config

    def show(self) -> dict[str, Any]:
        """The status as it is now. Call it under `speaking`, and send it: it counts as told."""
        return self.watcher.show()

    def begin(self, told: object = None) -> None:
        """Look for news from here on. `told` is a status that the editor has been told before."""
        self.watcher.begin(told)

    def close(self) -> None:
        """Look for no more news, and leave to somebody else what is under way."""
        if self._watcher is not None:
            self._watcher.close()

    def initialize(self, given: Params) -> Result:
        """Everything else waits for this. Answered from what is stored."""
        if self._watcher is not None:
            raise NotARequest("The session is initialized already.")
        _check_protocol(given.get("protocol"))
        client = params.table(given, "client")
        name, version = (params.text_or_none(client, field) for field in ("name", "version"))
        keeps_keys = params.flag(client, "keeps_keys", default=False)
        handed = HandedKeys(params.keys(given), editor_keeps=keeps_keys)
        settings = params.table(given, "settings")
        self.log.who = " ".join(f"{name or 'editor'} {version or ''}".split())[:_LONGEST_NAME]
        self._keys = KeyDesk(self._home.keyring, handed)
        self._config = SessionConfig(self._home, handed, settings)
        self._watcher = Watcher(self._home, self._config, self._speaking, self._tell, self.log)
        self.log.write(f"Started, version {__version__}.")
        return result(None, self._config.refused)

    def status(self, given: Params) -> Result:  # noqa: ARG002  # as all methods
        """What is shown now."""
        return {}

    def refresh(self, given: Params) -> Result:
        """Ask now. Raises RefreshRefused, ConfigError for an unknown account."""
        account = params.text_or_none(given, "account")
        if self.monitor.lacks_keys():
            self._home.keyring.ask_again()
            self.watcher.find_keys()
        names = [account] if account is not None else [each.name for each in self.config.watched()]
        refused = self.monitor.refresh(*names)
        self.watcher.wake()
        if refused:
            raise refused[0]
        errors = [self.monitor.account_status(self.config.account(name)).error for name in names]
        sentences = dict.fromkeys(error.sentence() for error in errors if error is not None)
        return {"message": " ".join(sentences) or None}

    def settings(self, given: Params) -> Result:
        """The editor's own options. What cannot be used is named, and the rest is used."""
        if "" in given:
            raise BadParams("Settings are an object.")
        faults = self.options.override(given)
        self.watcher.wake()
        return {"faults": faults}

    def save_setting(self, given: Params) -> Result:
        """Set an option for all editors. Raises ConfigError."""
        name, value = params.text(given, "name"), params.text(given, "value")
        self.options.save(name, value)
        self.watcher.wake()
        return {"message": f"{name} is {value} now, in every editor that does not set it itself."}

    def set_key(self, given: Params) -> Result:
        """Check a key with the API and store it. Raises what is against it."""
        account = self.config.account(params.text(given, "account"))
        wanted, secret = params.kind(given), check_key(params.text(given, "key"))
        kind, where = self._keys.store(account, secret, wanted)
        self._use_new_keys(account.name)
        return {
            "message": key_change.stored(account.name, kind, where),
            "kind": kind,
            "stored_in": where,
        }

    def remove_key(self, given: Params) -> Result:
        """Remove a key from where `set_key` stores it. Raises KeyMissing when there is none."""
        account, kind = self.config.account(params.text(given, "account")), params.kind(given) or "ordinary"
        was_there = self._keys.remove(account.name, kind)
        self._use_new_keys(account.name)
        keys = self.monitor.keys(account)
        other = keys.ordinary if kind == "ordinary" else keys.management
        left = f"A key is still found: {other.origin}." if other else ""
        if not was_there:
            raise KeyMissing(key_change.nothing_to_remove(account.name, kind), action=left)
        message = f"{key_change.removed(account.name, kind)} {left}".strip()
        return {"message": message, "removed": {"account": account.name, "kind": kind}}

    def details(self, given: Params) -> Result:  # noqa: ARG002
        """A page to read, and what can be done about its rows."""
        keys = self.found_keys()
        return details(self.monitor.status_in_full(), keys)

    def menu(self, given: Params) -> Result:  # noqa: ARG002
        """What can be configured."""
        return menu(self.config, self.found_keys(), editor_keeps_keys=self._keys.editor_keeps)

    def act(self, given: Params) -> Result:
        """Do an action of an alert or a row. Raises NotOffered when there is none such."""
        subject, action = params.text(given, "subject"), params.text(given, "action")
        token = params.text_or_none(given, "confirm")
        alert = self.watcher.alerts.find(subject)
        if alert is not None:
            return {**_NOTHING, **self._act_on_alert(alert, action)}
        account = {subject_of(name): name for name in self.config.accounts}.get(subject)
        if account is None:
            raise NotOffered("That is not offered, or no longer.")
        return {**_NOTHING, **(self._act_on_account(account, action, token) or {})}

    def focus(self, given: Params) -> Result:
        """The editor has gained or lost the focus. Whoever looks sees what is so now."""
        if params.flag(given, "focused"):
            self.watcher.alerts.focus(self.monitor.now())
            self.watcher.wake()
        return None

    def shown(self, given: Params) -> Result:
        """An alert is on the screen."""
        self.watcher.alerts.shown(params.text(given, "id"), self.monitor.now())
        return None

    def shutdown(self, given: Params) -> Result:  # noqa: ARG002
        """The end; the bridge sees to it after the answer."""
        return None

    def found_keys(self) -> dict[str, Keys]:
        """The keys of all accounts that are enabled, by account; looked for where they are not known yet."""
        accounts = [each for each in self.config.accounts.values() if each.enabled]
        return {account.name: self.monitor.keys(account) for account in accounts}

    def _act_on_alert(self, alert: Alert, action: str) -> Mapping[str, Any]:
        if action == REFRESH:
            return self.refresh({"account": alert.account}) or {}
        if action == DETAILS:
            return {"page": self.details({})}
        done = self.watcher.alerts.act(alert, action, self.monitor.now().astimezone())
        self.watcher.wake()
        return done

    def _act_on_account(self, account: str, action: str, token: str | None) -> Result:
        if action == REFRESH:
            return self.refresh({"account": account})
        kind = {action: kind for kind, action in REMOVE.items()}.get(action)
        if kind is None:
            raise NotOffered("That is not offered, or no longer.")
        subject = subject_of(account)
        if token is None:
            return self._confirmation.ask(
                subject, action, f"Remove the {key_change.WORDS[kind]} of '{account}'?"
            )
        self._confirmation.check(subject, action, token)
        return self.remove_key({"account": account, "kind": kind})

    def _use_new_keys(self, account: str) -> None:
        self.monitor.forget(self.config.accounts[account])
        self.watcher.find_keys()
        self.monitor.poll_if_due()
        self.monitor.write_status()
        self.watcher.wake()


def _check_protocol(asked: object) -> None:
    if isinstance(asked, bool) or not isinstance(asked, int):
        raise BadParams("'protocol' has to be a whole number.")
    if asked != PROTOCOL:
        raise ProtocolUnsupported(
            f"This OpenCredits ({__version__}) knows version {PROTOCOL} of the protocol, and not {asked}.",
            action="Update the editor's adapter and the core to the same version.",
        )
