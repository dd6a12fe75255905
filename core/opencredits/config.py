"""Every option once, and `config.toml`, where a user sets them. No key is ever in it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from . import option as o
from . import paths, template
from .alert_settings import SWITCHES, AlertSettings
from .errors import ConfigError
from .option import Kind, Option, option

DEFAULT_ACCOUNT = "default"
DEFAULT_LABEL = "OpenRouter"
OPENROUTER_URL = "https://openrouter.ai/api/v1"
DEFAULT_KEY_ENV = "OPENROUTER_API_KEY"
MANAGEMENT_KEY_ENV = "OPENROUTER_MANAGEMENT_KEY"

_ACCOUNT_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
# TOML cannot hold `accounts = [...]` beside `[accounts.NAME]`, so the list may also stand in the table.
_SHOWN = "show"


@dataclass(frozen=True)
class AccountSettings:
    """The options of one `[accounts.NAME]`."""

    name: str
    provider: str = option("openrouter", o.PROVIDER, "Whom to ask.")
    label: str = option(
        DEFAULT_LABEL, o.TEXT, "How the status bar calls it; other accounts than 'default' go by their name."
    )
    enabled: bool = option(True, o.FLAG, "Whether it is asked and shown at all.")
    base_url: str = option(OPENROUTER_URL, o.ADDRESS, "Where the API is.")
    key_env: str | None = option(
        None, o.VARIABLE, f"Environment variable with the key; {DEFAULT_KEY_ENV} for the account 'default'."
    )
    key_command: tuple[str, ...] | None = option(
        None, o.COMMAND, "Program that prints the key, run without a shell."
    )
    management_key_command: tuple[str, ...] | None = option(
        None, o.COMMAND, "Program that prints the management key."
    )
    billed_by_invoice: bool = option(
        False, o.FLAG, "The account has no prepaid balance: show what was spent, not what is left."
    )
    implied: bool = False
    """Whether it is there only because nothing was configured: hidden when another account has a key."""
    fault: str | None = None
    """Why it must not be asked, where a bad value could send its key to the wrong place."""


@dataclass(frozen=True)
class Settings:
    """How it is asked and shown; an editor may set these for itself."""

    update_interval: timedelta = option(
        timedelta(minutes=5), o.INTERVAL, "Time between two questions to the API."
    )
    adaptive: bool = option(True, o.FLAG, "Ask every minute while money moves.")
    rate_window: int = option(60, o.MINUTES, "Minutes over which the burn rate is taken.")
    format: str = option(template.DEFAULT, o.TEMPLATE, "The text of the status bar.")
    warn_below: Decimal = option(Decimal(5), o.DOLLARS, "What is left turns to the colour of a warning.")
    critical_below: Decimal = option(Decimal(1), o.DOLLARS, "What is left turns to the colour of an alarm.")
    show_in_status_bar: bool = option(True, o.FLAG, "Whether editors show it; the command line always does.")
    accounts: tuple[str, ...] = option((), o.NAMES, "Which accounts are shown; all of them when empty.")


@dataclass(frozen=True)
class Config:
    """The effective settings of one session, where each came from, and what could not be used."""

    settings: Settings = Settings()
    accounts: Mapping[str, AccountSettings] = field(default_factory=lambda: _accounts({}))
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


def options(of: type[Settings | AlertSettings | AccountSettings]) -> dict[str, Option]:
    """The table of facts behind the fields, by their names."""
    return {
        f.name: Option(f.name, f.metadata["kind"], f.default, f.metadata["help"])
        for f in fields(of)
        if f.metadata
    }


SETTINGS = options(Settings)
ALERT_SETTINGS = options(AlertSettings)
ACCOUNT_SETTINGS = options(AccountSettings)


def load(path: str) -> Config:
    """Read `config.toml`. What cannot be used is named in `faults`, and its default is taken."""
    import tomllib

    try:
        with open(path, "rb") as file:
            table = tomllib.load(file, parse_float=Decimal)
    except FileNotFoundError:
        return Config()
    except (OSError, ValueError, RecursionError) as exc:  # also of a number without end, and of depth
        why = o.hide_keys(str(exc))
        return _unreadable(path, f"{path} cannot be read ({why}); all options are at their defaults.")
    return _Reader(path).config(table)


def _unreadable(path: str, fault: str) -> Config:
    """Defaults; but where the file may have set another address, no key is sent to the usual one."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            has_address = "base_url" in file.read()
    except OSError:
        has_address = False
    account = AccountSettings(DEFAULT_ACCOUNT, key_env=DEFAULT_KEY_ENV, fault=fault if has_address else None)
    return Config(accounts={DEFAULT_ACCOUNT: account}, faults=(fault,))


def parse_value(name: str, text: str) -> tuple[Option, Any]:
    """The option called `name` ("warn_below", "accounts.work.label") and the value that `text` stands for.

    Raises ConfigError with what is known or allowed.
    """
    known = check_name(name)
    try:
        return known, known.read(known.kind.from_text(text))
    except ValueError as exc:
        raise ConfigError(
            f"{o.show(text)} cannot be used for {name}: {exc}.", action=_allowed(known.kind)
        ) from exc


def save_value(path: str, name: str, text: str) -> Config:
    """Set one option in `config.toml`, keeping its comments, and read it again.

    Raises ConfigError when the name or the value cannot be used, or when the file cannot be read or written.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    known, value = parse_value(name, text)
    try:
        with open(path, encoding="utf-8") as file:
            document = tomlkit.parse(file.read())
    except FileNotFoundError:
        document = tomlkit.document()
    except (OSError, UnicodeDecodeError, TOMLKitError) as exc:
        why = o.hide_keys(str(exc))
        raise ConfigError(f"{path} cannot be read ({why}).", action="Mend it by hand first.") from exc
    if not isinstance(document.get("accounts", {}), Mapping):
        # A list has no place beside tables of the same name, so it moves into them.
        document["accounts"] = tomlkit.table().add(_SHOWN, document.pop("accounts"))
    table: Any = document
    *folders, last = ("accounts", _SHOWN) if name == "accounts" else name.split(".")
    for folder in folders:
        table = table.setdefault(folder, tomlkit.table(is_super_table=name.count(".") == 2))
        if not isinstance(table, Mapping):
            raise ConfigError(f"In {path}, {folder} is no table.", action="Mend it by hand first.")
    table[last] = known.kind.write(value)
    try:
        # A dotfile manager's link stays a link: what it points to is replaced.
        paths.write_private(os.path.realpath(path), tomlkit.dumps(document))
    except OSError as exc:
        raise ConfigError(f"{path} cannot be written ({exc.strerror}).") from exc
    return load(path)


def check_name(name: str) -> Option:
    """The option called `name`. Raises ConfigError, naming those that exist."""
    *table, last = name.split(".", 2)
    match table:
        case []:
            known = {**SETTINGS, **ALERT_SETTINGS}
        case ["alerts"]:
            known = SWITCHES
        case ["accounts", account] if _is_account_name(account):
            known = ACCOUNT_SETTINGS
        case _:
            known = {}
    if last in known:
        return known[last]
    raise ConfigError(f"There is no option {o.show(name)}.", action=f"Known are {', '.join(_names(table))}.")


def _names(table: list[str]) -> list[str]:
    """Those of the table in which somebody looked, where that is enough to find the right one."""
    switches = [f"alerts.{kind}" for kind in SWITCHES]
    if table == ["alerts"]:
        return switches
    return [*SETTINGS, *ALERT_SETTINGS, *switches, *(f"accounts.NAME.{each}" for each in ACCOUNT_SETTINGS)]


def _is_account_name(name: str) -> bool:
    return _ACCOUNT_NAME.fullmatch(name) is not None and o.hide_keys(name) == name


def _allowed(kind: Kind) -> str:
    return f"Allowed: {kind.allowed}."


def _accounts(given: Mapping[str, AccountSettings]) -> dict[str, AccountSettings]:
    """The accounts of a file, with `default` first, which needs no file."""
    default = AccountSettings(DEFAULT_ACCOUNT, key_env=DEFAULT_KEY_ENV, implied=bool(given))
    return {DEFAULT_ACCOUNT: given.get(DEFAULT_ACCOUNT, default), **given}


class _Reader:
    """Turns the tables of one file into settings, collecting faults instead of raising them."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.faults: list[str] = []
        self.origins: dict[str, str] = {}

    def config(self, table: dict[str, Any]) -> Config:
        accounts, chosen = self._split(table.pop("accounts", {}))
        if chosen is not None:
            table["accounts"] = chosen
        alerts = self._alerts(table.pop("alerts", {}))
        values = self._values(table, {**SETTINGS, **ALERT_SETTINGS}, "")
        alerts = replace(alerts, **{name: values.pop(name) for name in values.keys() & ALERT_SETTINGS})
        settings = Settings(**values)
        known = _accounts({name: self._account(name, each) for name, each in accounts.items()})
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
        chosen = None if isinstance(accounts.get(_SHOWN), dict) else accounts.pop(_SHOWN, None)
        for name in [name for name, each in accounts.items() if not isinstance(each, dict)]:
            self._fault(f"accounts.{name}", accounts.pop(name), "a table [accounts.NAME]")
        for name in [name for name in accounts if not _is_account_name(name)]:
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
