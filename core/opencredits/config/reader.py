"""Turns the tables of one `config.toml` into settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .. import option as o
from ..option import Option
from .alert_settings import SWITCHES, AlertSettings
from .config import Config, with_default
from .names import is_account_name
from .settings import (
    ACCOUNT_SETTINGS,
    ALERT_SETTINGS,
    DEFAULT_ACCOUNT,
    DEFAULT_KEY_ENV,
    DEFAULT_LABEL,
    SETTINGS,
    AccountSettings,
    Settings,
)

# TOML cannot hold `accounts = [...]` beside `[accounts.NAME]`, so the list may also stand in the table.
SHOWN = "show"


class Reader:
    """Collects faults instead of raising them."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.faults: list[str] = []
        self.origins: dict[str, str] = {}

    def config(self, table: dict[str, Any]) -> Config:
        """What the whole file says; the default where that cannot be used."""
        accounts, chosen = self._split(table.pop("accounts", {}))
        if chosen is not None:
            table["accounts"] = chosen
        alerts = self._alerts(table.pop("alerts", {}))
        values = self._values(table, {**SETTINGS, **ALERT_SETTINGS}, "")
        alerts = replace(alerts, **{name: values.pop(name) for name in values.keys() & ALERT_SETTINGS})
        settings = Settings(**values)
        known = with_default({name: self._account(name, each) for name, each in accounts.items()})
        shown = tuple(name for name in settings.accounts if self._is_known(name, known))
        if not shown:
            self.origins.pop("accounts", None)
        settings = replace(settings, accounts=shown)
        return Config(settings, known, self.origins, tuple(self.faults), alerts)

    def _alerts(self, switches: object) -> AlertSettings:
        """With the kinds that are switched off, by the table `[alerts]`."""
        if not isinstance(switches, dict):
            self._fault("alerts", switches, "a table [alerts]")
            return AlertSettings()
        on = self._values(switches, SWITCHES, "alerts.")
        return AlertSettings(off=frozenset(kind for kind in on if not on[kind]))

    def _split(self, accounts: object) -> tuple[dict[str, dict[str, Any]], object]:
        """The tables of single accounts, and the list of those that are shown."""
        if not isinstance(accounts, dict):
            return {}, accounts
        chosen = None if isinstance(accounts.get(SHOWN), dict) else accounts.pop(SHOWN, None)
        for name in [name for name, each in accounts.items() if not isinstance(each, dict)]:
            self._fault(f"accounts.{name}", accounts.pop(name), "a table [accounts.NAME]")
        for name in [name for name in accounts if not is_account_name(name)]:
            accounts.pop(name)
            self._fault("accounts", name, "names of letters, digits, '-' and '_'")
        return accounts, chosen

    def _account(self, name: str, table: dict[str, Any]) -> AccountSettings:
        prefix = f"accounts.{name}."
        defaults: dict[str, Any] = {"label": name}
        if name == DEFAULT_ACCOUNT:
            defaults = {"label": DEFAULT_LABEL, "key_env": DEFAULT_KEY_ENV}
        values = self._values(table, ACCOUNT_SETTINGS, prefix)
        misplaced = "base_url" in table and "base_url" not in values
        fault = f"{prefix}base_url in {self.path} cannot be used." if misplaced else None
        return AccountSettings(name, fault=fault, **{**defaults, **values})

    def _values(self, table: dict[str, Any], known: Mapping[str, Option], prefix: str) -> dict[str, Any]:
        values = {}
        for name, found in table.items():
            if name not in known:
                shown = o.hide_keys(f"{prefix}{name}")
                self.faults.append(f"{self.path}: unknown option {shown}; known are {', '.join(known)}.")
                continue
            try:
                values[name] = known[name].read(found)
                self.origins[f"{prefix}{name}"] = self.path
            except ValueError as exc:
                self._fault(f"{prefix}{name}", found, f"{known[name].kind.allowed} ({exc})")
        return values

    def _is_known(self, name: str, known: Mapping[str, AccountSettings]) -> bool:
        if name not in known:
            self._fault("accounts", name, f"one of {', '.join(known)}")
        return name in known

    def _fault(self, name: str, found: object, allowed: str) -> None:
        is_wrong = f"{o.hide_keys(name)} is {o.show(found)}, but must be {allowed}"
        self.faults.append(f"{self.path}: {is_wrong}; the default is used.")
