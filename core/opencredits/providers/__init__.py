"""Who can be asked for credits. Each provider is a package beside this file."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from ..config import AccountSettings
from ..keys import Key, Keys
from ..reading import KeyInfo, Reading


class Provider(Protocol):
    """One account's API. Not shared between threads."""

    def read(self, keys: Keys, now: datetime, *, ask_credits: bool = True) -> Reading:
        """Ask all questions of one poll, within five seconds. Failures are in the reading, never raised."""

    def identify(self, key: Key, now: datetime) -> KeyInfo:
        """What the API says of one key. Raises ProviderError, such as KeyRejected."""

    def close(self) -> None:
        """Let go of connections."""


def provider_of(account: AccountSettings) -> Provider:
    """The provider that an account names. Imported here because its libraries are slow to load."""
    from .openrouter import OpenRouter

    return OpenRouter(account.base_url)
