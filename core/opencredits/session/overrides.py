"""What one editor has set for its own session, on top of `config.toml`."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .. import option as o
from ..config import SETTINGS, Config, check_name
from ..errors import ConfigError

# The other options of an account say where its key comes from and where it is sent, and those about alerts
# which program is started. An editor may take its settings from a checkout, which decides about none of it.
# And alerts are raised once for all editors together.
_OF_AN_ACCOUNT = ("enabled", "label", "billed_by_invoice")


class Overrides:
    """Options of one session by their names in `config.toml`, such as "accounts.work.enabled"."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def update(self, given: Mapping[str, object], accounts: Container[str]) -> list[str]:
        """Take these over; None takes one back. Returns a sentence for each that cannot be used.

        One for an account that is not among `accounts` is kept, for the day when `config.toml` has it.
        """
        faults = []
        for name, found in given.items():
            try:
                option = _overridable(name)
                if found is None:
                    self._values.pop(name, None)
                else:
                    value = self._values[name] = option.read(found)
                    faults += [
                        _no_account(name, each) for each in _meant(name, value) if each not in accounts
                    ]
            except ConfigError as exc:
                faults.append(exc.sentence())
            except ValueError as exc:
                allowed = option.kind.allowed
                faults.append(
                    f"{name} is {o.show(found)} in this editor's settings, but must be {allowed} ({exc})."
                )
        return faults

    def over(self, config: Config) -> Config:
        """The configuration of this session."""
        settings, accounts = config.settings, dict(config.accounts)
        for name, value in dict(self._values).items():  # another thread may be updating them
            if name in SETTINGS:
                settings = replace(settings, **{name: value})
            else:
                _, account, option = name.split(".")
                if account in accounts:
                    accounts[account] = replace(accounts[account], **{option: value})
        # One that config.toml no longer has is not shown; without any, all are.
        chosen = tuple(name for name in settings.accounts if name in accounts)
        return replace(config, settings=replace(settings, accounts=chosen), accounts=accounts)


def _overridable(name: str) -> o.Option:
    """Raises ConfigError."""
    option = check_name(name)
    if option is not SETTINGS.get(name) and option.name not in _OF_AN_ACCOUNT:
        raise ConfigError(
            f"{name} cannot be set by an editor.", action=f"Use 'opencredits config set {name} VALUE'."
        )
    return option


def _meant(name: str, value: Any) -> Sequence[str]:
    """The accounts that an option is about."""
    if name in SETTINGS:
        return value if name == "accounts" else ()
    return (name.split(".")[1],)


def _no_account(name: str, account: str) -> str:
    meant = f"{name} in this editor's settings is about the account {o.show(account)}"
    return f"{meant}, which config.toml does not have."
