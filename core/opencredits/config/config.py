"""The effective configuration of one session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .. import option as o
from ..errors import ConfigError
from .alert_settings import AlertSettings
from .settings import DEFAULT_ACCOUNT, DEFAULT_KEY_ENV, AccountSettings, Settings


def with_default(given: Mapping[str, AccountSettings]) -> dict[str, AccountSettings]:
    """The accounts of a file, with `default` first, which needs no file."""
    default = AccountSettings(DEFAULT_ACCOUNT, key_env=DEFAULT_KEY_ENV, implied=bool(given))
    return {DEFAULT_ACCOUNT: given.get(DEFAULT_ACCOUNT, default), **given}


@dataclass(frozen=True)
class Config:
    """The effective settings of one session, where each came from, and what could not be used."""

    settings: Settings = Settings()
    accounts: Mapping[str, AccountSettings] = field(default_factory=lambda: with_default({}))
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where an option that is not at its default came from, by its full name (`accounts.work.label`)."""
    faults: tuple[str, ...] = ()
    alerts: AlertSettings = AlertSettings()

    def watched(self) -> list[AccountSettings]:
        """The accounts to ask and show, in order."""
        chosen = self.settings.accounts or tuple(self.accounts)
        return [self.accounts[name] for name in dict.fromkeys(chosen) if self.accounts[name].enabled]

    def account(self, name: str) -> AccountSettings:
        """Raises ConfigError, naming those that exist."""
        try:
            return self.accounts[name]
        except KeyError:
            known = ", ".join(self.accounts)
            shown = o.hide_keys(name)
            adds = f"; 'opencredits config set accounts.{shown}.label TEXT' adds one" if shown else ""
            raise ConfigError(f"There is no account '{shown}'.", action=f"Known are {known}{adds}.") from None

    def only(self, names: tuple[str, ...]) -> Config:
        """The same, showing these accounts alone. Raises ConfigError for an unknown one."""
        for name in names:
            self.account(name)
        return replace(self, settings=replace(self.settings, accounts=names)) if names else self
