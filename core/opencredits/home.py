"""What a session finds on this machine: configuration, stored readings, keys, a log."""

from __future__ import annotations

import os
from typing import Protocol

from .config import Config, load, save_value
from .handed_keys import HandedKeys
from .keyring_store import Keyring, KeyringStore
from .keys import KeyFinder
from .log import Log
from .monitor import KeySource, Monitor
from .paths import Paths, default
from .store import Store


class Home(Protocol):
    """The ground that a session stands on."""

    log: str | None
    """The file of the log; None: nothing is written."""
    tick: float
    """Seconds between two looks at what others have changed."""

    @property
    def keyring(self) -> Keyring:
        """Where `set_key` stores a key."""

    def config(self) -> Config:
        """The configuration as it is now."""

    def config_version(self) -> object:
        """Another one than before when the configuration has been changed."""

    def save(self, name: str, text: str) -> None:
        """Set an option for everybody. Raises ConfigError."""

    def finder(self, config: Config, handed: HandedKeys) -> KeySource:
        """Where keys are looked for."""

    def monitor(self, config: Config, handed: HandedKeys) -> Monitor:
        """The watched accounts."""


class UserHome:
    """The user's own: files in their folders, keys from their keyring."""

    tick = 1.9  # what others have changed is noticed within 2 s

    def __init__(self, where: Paths) -> None:
        self.log: str | None = where.log
        self.keyring = KeyringStore()
        self._where = where
        self._config = where.config

    def config(self) -> Config:
        """From `config.toml`."""
        return load(self._config)

    def config_version(self) -> object:
        """Of the file; None where there is none."""
        try:
            found = os.stat(self._config)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def save(self, name: str, text: str) -> None:
        """Into `config.toml`. Raises ConfigError."""
        save_value(self._config, name, text)

    def finder(self, config: Config, handed: HandedKeys) -> KeyFinder:
        """All sources, in their order."""
        return KeyFinder(handed=handed, keyring=self.keyring, accounts=config.accounts.values())

    def monitor(self, config: Config, handed: HandedKeys) -> Monitor:
        """On the shared store."""
        log = Log(self.log, "alerts")
        return Monitor(config, Store(self._where.database), self.finder(config, handed), self._where, log=log)


def user_home() -> UserHome:
    """In the user's own folders."""
    return UserHome(default())
