"""The page of details that an editor shows, with what can be done about its rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..keyring_store import KeyKind
from ..keys import Keys
from ..status import NO_ACCOUNT, AccountStatus, Status
from ..status.tooltip import escape

REFRESH = "refresh"
REMOVE: dict[KeyKind, str] = {"ordinary": "remove_ordinary_key", "management": "remove_management_key"}


def subject_of(account: str) -> str:
    """By which an account is named in `act`."""
    return f"account:{account}"


def details(status: Status, keys: Mapping[str, Keys]) -> dict[str, Any]:
    """The page. `keys` are those that were found, by account."""
    if not status.accounts:
        return {"title": "OpenCredits", "markdown": escape(NO_ACCOUNT), "text": NO_ACCOUNT, "lists": []}
    rows = [_row(account, keys.get(account.name, Keys())) for account in status.accounts]
    return {
        "title": "OpenCredits",
        "markdown": f"**{escape(status.text)}**\n\n{status.tooltip}",
        "text": f"{status.text}\n\n{status.tooltip_text}",
        "lists": [{"title": "Accounts", "rows": rows}],
    }


def _row(account: AccountStatus, keys: Keys) -> dict[str, Any]:
    actions = [{"id": REFRESH, "title": "Refresh"}]
    for key in (keys.ordinary, keys.management):
        if key is not None and key.is_stored:
            name = "API key" if key.kind == "ordinary" else "management key"
            actions.append({"id": REMOVE[key.kind], "title": f"Remove the {name}"})
    found = [f"{key.kind} key from: {key.origin}" for key in (keys.ordinary, keys.management) if key]
    return {
        "id": subject_of(account.name),
        "text": account.text,
        "detail": ", ".join(found) or keys.lack,
        "actions": actions,
    }
