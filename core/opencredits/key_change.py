"""Storing and removing a key, for the command line and for editors: what is checked first, what is said."""

from __future__ import annotations

from .clock import utc_now
from .config import AccountSettings
from .errors import ConfigError, KeyMissing, KeyRejected, KeyUnusable, ProviderError
from .handed_keys import IN_EDITOR
from .keyring_store import KeyKind, Keyring
from .keys import Key
from .providers import provider_of

WORDS: dict[KeyKind, str] = {"ordinary": "ordinary key", "management": "management key"}


def check_keyring(keyring: Keyring, account: str) -> None:
    """Before anybody types a key that could not be kept. Raises KeyMissing, KeyringSilent."""
    answer = keyring.read(account)
    if answer.absent:
        raise KeyMissing(answer.absent, action=answer.way_out, kind="no_keyring")


def identified(
    account: AccountSettings, secret: str, wanted: KeyKind | None, *, or_else: str = ""
) -> KeyKind:
    """Ask the API which kind of key it is. `or_else` is another way than trying again, where there is one.

    Raises what the API has against the key, KeyUnusable for a wrong kind, and ConfigError where the
    account's address cannot be used.
    """
    if account.fault is not None:
        raise ConfigError(account.fault, action="Mend it first, so that the key is not sent elsewhere.")
    provider = provider_of(account)
    try:
        info = provider.identify(Key(secret, wanted or "ordinary", "keyring", "login"), utc_now())
    except KeyRejected as exc:
        raise KeyRejected(
            f"The key was not stored: {exc}", action="Check it at https://openrouter.ai/settings/keys."
        ) from None
    except ProviderError as exc:
        hint = f"Try again later, or {or_else}." if or_else else "Try again later."
        message = f"The key could not be checked, and was not stored: {exc}"
        raise type(exc)(message, action=hint, kind=exc.kind) from None
    finally:
        provider.close()
    if wanted == "management" and not info.is_management_key:
        raise KeyUnusable(
            "This is an ordinary key, which was not stored as a management key.",
            action="Store it as an ordinary one, or make another at "
            "https://openrouter.ai/settings/management-keys.",
        )
    return "management" if info.is_management_key else "ordinary"


def stored(account: str, kind: KeyKind, where: str) -> str:
    """The sentence for a key that is stored now."""
    place = "the editor, since there is no keyring" if where == IN_EDITOR else where
    return f"The {WORDS[kind]} of the account '{account}' is stored in {place}."


def removed(account: str, kind: KeyKind) -> str:
    """The sentence for a key that is removed now."""
    return f"The {WORDS[kind]} of the account '{account}' is removed."


def nothing_to_remove(account: str, kind: KeyKind) -> str:
    """The sentence where there was no key."""
    return f"The keyring has no {WORDS[kind]} of the account '{account}'."
