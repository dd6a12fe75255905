"""Where the keys go that are entered in an editor: into the keyring, or back to an editor that keeps them."""

from __future__ import annotations

from .. import key_change
from ..config import AccountSettings
from ..errors import KeyMissing
from ..handed_keys import HandedKeys
from ..keyring_store import KeyKind, Keyring


class KeyDesk:
    """Between a person who enters or removes a key, and what keeps it."""

    def __init__(self, keyring: Keyring, handed: HandedKeys) -> None:
        self._keyring = keyring
        self._handed = handed

    @property
    def editor_keeps(self) -> bool:
        """Whether the editor keeps keys where there is no keyring."""
        return self._handed.editor_keeps

    def store(self, account: AccountSettings, secret: str, wanted: KeyKind | None) -> tuple[KeyKind, str]:
        """Check a key with the API and store it; its kind and where it is. Raises what is against it."""
        self._check_keyring(account.name)
        kind = key_change.identified(account, secret, wanted)
        return kind, self._keep(account.name, kind, secret)

    def remove(self, account: str, kind: KeyKind) -> bool:
        """From wherever `store` puts it. Returns whether there was one."""
        was_stored = self._keyring.remove(account, kind)
        was_handed = self._handed.remove(account, kind)
        return was_stored or was_handed

    def _check_keyring(self, account: str) -> None:
        """Before a key is used that could not be kept. Raises KeyMissing, KeyringSilent."""
        self._keyring.ask_again()
        try:
            key_change.check_keyring(self._keyring, account)
        except KeyMissing:
            if not self._handed.editor_keeps:
                raise

    def _keep(self, account: str, kind: KeyKind, secret: str) -> str:
        """Store a key in the keyring, where there is none in the editor. Raises KeyMissing, KeyringSilent."""
        try:
            where = self._keyring.write(account, kind, secret)
        except KeyMissing:  # some keyrings show only now that they keep nothing
            if not self._handed.editor_keeps:
                raise
            return self._handed.write(account, kind, secret)
        self._handed.remove(account, kind)
        return where
