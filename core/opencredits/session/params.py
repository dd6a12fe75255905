"""What an editor sent along with a request, read with its form checked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import BadParams
from ..keyring_store import KINDS, KeyKind

Params = Mapping[str, Any]


def text(params: Params, name: str) -> str:
    """A text that has to be there. Raises BadParams."""
    found = params.get(name)
    if not isinstance(found, str):
        raise BadParams(f"'{name}' has to be a text.")
    return found


def text_or_none(params: Params, name: str) -> str | None:
    """A text that may be left out, or null. Raises BadParams."""
    return None if params.get(name) is None else text(params, name)


def flag(params: Params, name: str, *, default: bool | None = None) -> bool:
    """`default` is for one that may be left out, or null. Raises BadParams."""
    found = default if params.get(name) is None else params[name]
    if not isinstance(found, bool):
        raise BadParams(f"'{name}' has to be true or false.")
    return found


def table(params: Params, name: str) -> Params:
    """An object that may be left out, or null. Raises BadParams."""
    found = params.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise BadParams(f"'{name}' has to be an object.")
    return found


def kind(params: Params) -> KeyKind | None:
    """The kind of a key; None when it is left out. Raises BadParams."""
    found = text_or_none(params, "kind")
    for known in KINDS:
        if found == known:
            return known
    if found is not None:
        raise BadParams(f"'kind' has to be one of {', '.join(KINDS)}.")
    return None


def keys(params: Params) -> dict[tuple[str, KeyKind], str]:
    """`{ACCOUNT: {KIND: KEY}}` as a flat table. Raises BadParams, never with a key in it."""
    handed = table(params, "keys")
    if not all(isinstance(each, dict) for each in handed.values()):
        raise BadParams("'keys' has to be an object of objects.")
    flat = {(account, known): each.get(known) for account, each in handed.items() for known in KINDS}
    if not all(secret is None or isinstance(secret, str) for secret in flat.values()):
        raise BadParams("A key has to be a text.")
    return {entry: secret for entry, secret in flat.items() if secret is not None}
