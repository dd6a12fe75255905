"""`opencredits config`."""

from __future__ import annotations

import json
from typing import Any

import click

from ..config import ACCOUNT_SETTINGS, ALERT_SETTINGS, SETTINGS, parse_value, save_value
from ..config.alert_settings import SWITCHES
from ..option import Option
from .app import App, pass_app


@click.group()
def config() -> None:
    """See and change options. No key is ever in the configuration file."""


@config.command("path")
@pass_app
def config_path(app: App) -> None:
    """Print where the configuration file is, whether or not it exists."""
    click.echo(app.paths.config)


@config.command("show")
@pass_app
def config_show(app: App) -> None:
    """Print every option, its value and its origin."""
    settings = {name: getattr(app.config.settings, name) for name in SETTINGS}
    chosen = settings.pop("accounts")
    for name, value in settings.items():
        _print_option(app, name, SETTINGS[name], value)
    alerts = app.config.alerts
    for name, known in ALERT_SETTINGS.items():
        _print_option(app, name, known, getattr(alerts, name))
    click.echo("\n[alerts]")
    for kind, known in SWITCHES.items():
        _print_option(app, f"alerts.{kind}", known, kind not in alerts.off)
    click.echo("\n[accounts]")
    _print_option(app, "accounts", SETTINGS["accounts"], chosen, shown="show")
    for account in app.config.accounts.values():
        click.echo(f"\n[accounts.{account.name}]")
        for name, known in ACCOUNT_SETTINGS.items():
            _print_option(app, f"accounts.{account.name}.{name}", known, getattr(account, name))


@config.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("option")
@click.argument("value")
@pass_app
def config_set(app: App, option: str, value: str) -> None:
    """Set OPTION to VALUE in the configuration file, keeping its comments.

    \b
    Examples:
      opencredits config set update_interval "1 minute"
      opencredits config set warn_below 10
      opencredits config set alerts.top_up off
      opencredits config set accounts.work.label Work
      opencredits config set accounts.work.key_command "pass show openrouter"
    """
    parse_value(option, value)
    app.use_config(save_value(app.paths.config, option, value))
    click.echo(f"{option} is set in {app.paths.config}")
    app.use_stored_only()
    app.monitor.write_status()


def _print_option(app: App, name: str, known: Option, value: Any, *, shown: str | None = None) -> None:
    origin = app.config.origins.get(name, "default")
    click.echo(f"{shown or known.name} = {_as_toml(known, value)}  # {origin}")
    for line in click.wrap_text(known.help, 76, "    # ", "    # ").splitlines():
        click.echo(line)


def _as_toml(known: Option, value: Any) -> str:
    return '""  # not set' if value is None else json.dumps(known.kind.write(value), ensure_ascii=False)
