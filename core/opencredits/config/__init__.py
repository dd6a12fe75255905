"""Every option once, and `config.toml`, where a user sets them. No key is ever in it."""

from .config import Config
from .file import load, save_value
from .names import check_name, parse_value
from .settings import (
    ACCOUNT_SETTINGS,
    ALERT_SETTINGS,
    DEFAULT_ACCOUNT,
    DEFAULT_KEY_ENV,
    DEFAULT_LABEL,
    MANAGEMENT_KEY_ENV,
    OPENROUTER_URL,
    SETTINGS,
    AccountSettings,
    Settings,
)

__all__ = [
    "ACCOUNT_SETTINGS",
    "ALERT_SETTINGS",
    "DEFAULT_ACCOUNT",
    "DEFAULT_KEY_ENV",
    "DEFAULT_LABEL",
    "MANAGEMENT_KEY_ENV",
    "OPENROUTER_URL",
    "SETTINGS",
    "AccountSettings",
    "Config",
    "Settings",
    "check_name",
    "load",
    "parse_value",
    "save_value",
]
