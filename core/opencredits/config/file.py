"""`config.toml`: read whatever stands in it, and changed without losing its comments."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .. import option as o
from .. import paths
from ..errors import ConfigError
from .config import Config
from .names import parse_value
from .reader import SHOWN, Reader
from .settings import DEFAULT_ACCOUNT, DEFAULT_KEY_ENV, AccountSettings


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
    return Reader(path).config(table)


def _unreadable(path: str, fault: str) -> Config:
    """Defaults; but where the file may have set another address, no key is sent to the usual one."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            has_address = "base_url" in file.read()
    except OSError:
        has_address = False
    account = AccountSettings(DEFAULT_ACCOUNT, key_env=DEFAULT_KEY_ENV, fault=fault if has_address else None)
    return Config(accounts={DEFAULT_ACCOUNT: account}, faults=(fault,))


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
        document["accounts"] = tomlkit.table().add(SHOWN, document.pop("accounts"))
    table: Any = document
    *folders, last = ("accounts", SHOWN) if name == "accounts" else name.split(".")
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
