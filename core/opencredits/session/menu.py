"""All that an editor lets a person configure, as a tree of choices; see docs/bridge.md. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from ..config import AccountSettings, Config
from ..keyring_store import KeyKind
from ..keys import Keys
from ..option import show_interval
from .details import REMOVE, subject_of

Choice = dict[str, Any]

INTERVALS = {
    "1 minute": timedelta(minutes=1),
    "5 minutes": timedelta(minutes=5),
    "15 minutes": timedelta(minutes=15),
    "30 minutes": timedelta(minutes=30),
    "1 hour": timedelta(hours=1),
    "6 hours": timedelta(hours=6),
    "24 hours": timedelta(hours=24),
}
_KEY_PAGES = {
    "ordinary": "https://openrouter.ai/settings/keys",
    "management": "https://openrouter.ai/settings/management-keys",
}


def menu(config: Config, keys: Mapping[str, Keys], *, editor_keeps_keys: bool = False) -> dict[str, Any]:
    """The tree. `keys` are those that were found, by account; the editor may keep some itself."""
    kept = "in the system's keyring" + (
        ", or in this editor where there is none" if editor_keeps_keys else ""
    )
    accounts = [account for account in config.accounts.values() if account.enabled]
    choices = [_account(account, keys.get(account.name, Keys()), kept) for account in accounts]
    if len(accounts) > 1:
        choices.append(_shown(config, accounts))
    return {"title": "OpenCredits", "choices": [*choices, _interval(config)]}


def _account(account: AccountSettings, keys: Keys, kept: str) -> Choice:
    found = keys.ordinary or keys.management
    detail = f"from: {found.origin}" if found else keys.lack
    choices = [choice for kind in ("ordinary", "management") for choice in _key(account, keys, kind, kept)]
    return _branch(f"{account.label}: API key", detail, choices)


def _key(account: AccountSettings, keys: Keys, kind: KeyKind, kept: str) -> Sequence[Choice]:
    key = keys.ordinary if kind == "ordinary" else keys.management
    name = "API key" if kind == "ordinary" else "management key"
    does = "Replace the" if key and key.is_stored else "Enter the" if key else "Enter an"
    does = "Enter a" if does == "Enter an" and kind == "management" else does
    why = "" if kind == "ordinary" else ", which may read the balance"
    enter = {
        "title": f"{does} {name}{why}",
        "detail": f"Made at {_KEY_PAGES[kind]}; kept {kept}.",
        "request": {"method": "set_key", "params": {"account": account.name, "kind": kind}},
        "prompt": {"title": f"{name} for {account.label} (not shown)", "into": "key", "secret": True},
    }
    if key is None or not key.is_stored:
        return [enter]
    action = {"subject": subject_of(account.name), "action": REMOVE[kind]}
    remove = _leaf(f"Remove the {name}", f"It is in: {key.origin}.", "act", action)
    return [enter, remove]


def _shown(config: Config, accounts: Sequence[AccountSettings]) -> Choice:
    chosen = config.settings.accounts
    # Not null, which would give way to what config.toml has chosen.
    everything = _leaf("All", _current(not chosen), "settings", {"accounts": []})
    choices = [
        _leaf(each.label, _current(chosen == (each.name,)), "settings", {"accounts": [each.name]})
        for each in accounts
    ]
    labels = [each.label for each in config.watched()]
    return _branch("Shown in this editor", ", ".join(labels), [everything, *choices])


def _interval(config: Config) -> Choice:
    now = config.settings.update_interval
    choices = [
        _leaf(
            title,
            _current(span == now),
            "save_setting",
            {"name": "update_interval", "value": show_interval(span)},
        )
        for title, span in INTERVALS.items()
    ]
    return _branch("Update interval", show_interval(now), choices)


def _branch(title: str, detail: str, choices: Sequence[Choice]) -> Choice:
    return {"title": title, "detail": detail, "choices": list(choices)}


def _leaf(title: str, detail: str, method: str, params: Mapping[str, object]) -> Choice:
    request = {"method": method, "params": dict(params)}
    return {"title": title, "detail": detail, "request": request, "prompt": None}


def _current(is_current: bool) -> str:  # noqa: FBT001  # it is the whole question
    return "current" if is_current else ""
