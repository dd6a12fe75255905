"""Every option with its type, default and help, but for those about alerts. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import Decimal

from .. import option as o
from .. import template
from ..option import Option, option
from .alert_settings import AlertSettings

DEFAULT_ACCOUNT = "default"
DEFAULT_LABEL = "OpenRouter"
OPENROUTER_URL = "https://openrouter.ai/api/v1"
DEFAULT_KEY_ENV = "OPENROUTER_API_KEY"
MANAGEMENT_KEY_ENV = "OPENROUTER_MANAGEMENT_KEY"


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
