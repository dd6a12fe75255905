"""The keys of one session: looked for once, and used until they are looked for anew."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

from ..config import AccountSettings
from ..keys import Keys
from .side_by_side import side_by_side


class KeySource(Protocol):
    """Where keys are looked for."""

    def find(self, account: AccountSettings) -> Keys:
        """The keys of an account; why there are none is in them."""


class FoundKeys:
    """What `source` had, by account. Safe to use from several threads."""

    def __init__(self, source: KeySource) -> None:
        self.source = source
        self._keys: dict[str, Keys] = {}
        self._finding = threading.Lock()

    def known(self, account: AccountSettings) -> Keys | None:
        """Those that were found; None: nobody has looked yet."""
        return self._keys.get(account.name)

    def of(self, account: AccountSettings) -> Keys:
        """The same; looked for where nobody has yet."""
        found = self.known(account)
        if found is None:
            found = self._keys[account.name] = self.source.find(account)
        return found

    def find(self, accounts: Sequence[AccountSettings]) -> None:
        """Look for theirs anew; until they are found the old ones are used.

        Those of the others are forgotten, and looked for when somebody asks.
        """

        def one(account: AccountSettings) -> None:
            self._keys[account.name] = self.source.find(account)

        with self._finding:  # what was looked for first must not be found last
            for name in self._keys.keys() - {account.name for account in accounts}:
                self._keys.pop(name, None)
            side_by_side(one, accounts)

    def forget(self, account: AccountSettings) -> None:
        """They are not used any more."""
        with self._finding:
            self._keys.pop(account.name, None)
