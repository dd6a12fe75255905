"""Options by their names: "warn_below", "alerts.runaway", "accounts.work.label". Pure."""

from __future__ import annotations

import re
from typing import Any

from .. import option as o
from ..errors import ConfigError
from ..option import Option
from .alert_settings import SWITCHES
from .settings import ACCOUNT_SETTINGS, ALERT_SETTINGS, SETTINGS

_ACCOUNT_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def parse_value(name: str, text: str) -> tuple[Option, Any]:
    """The option called `name` ("warn_below", "accounts.work.label") and the value that `text` stands for.

    Raises ConfigError with what is known or allowed.
    """
    known = check_name(name)
    try:
        return known, known.read(known.kind.from_text(text))
    except ValueError as exc:
        raise ConfigError(
            f"{o.show(text)} cannot be used for {name}: {exc}.", action=f"Allowed: {known.kind.allowed}."
        ) from exc


def check_name(name: str) -> Option:
    """The option called `name`. Raises ConfigError, naming those that exist."""
    *table, last = name.split(".", 2)
    match table:
        case []:
            known = {**SETTINGS, **ALERT_SETTINGS}
        case ["alerts"]:
            known = SWITCHES
        case ["accounts", account] if is_account_name(account):
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


def is_account_name(name: str) -> bool:
    """Whether an account may be called so."""
    return _ACCOUNT_NAME.fullmatch(name) is not None and o.hide_keys(name) == name
