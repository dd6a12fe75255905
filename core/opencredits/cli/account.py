"""`opencredits login`, `logout` and `accounts`."""

from __future__ import annotations

import sys
from datetime import datetime

import click

from .. import key_change
from ..clock import utc_now
from ..config import DEFAULT_ACCOUNT, AccountSettings
from ..keys import KeyKind, check_key
from ..moment import show_clock
from .app import App, pass_app


@click.command()
@click.argument("account", default=DEFAULT_ACCOUNT)
@click.option("--management", is_flag=True, help="It is a management key, which may read the balance.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the key from standard input.")
@click.option("--no-verify", is_flag=True, help="Store it unseen, without asking OpenRouter.")
@pass_app
def login(app: App, account: str, *, management: bool, from_stdin: bool, no_verify: bool) -> None:
    """Store a key for ACCOUNT in the system's keyring.

    The key is asked for without showing it, and checked with OpenRouter before it is stored. Make one at
    https://openrouter.ai/settings/keys, a management key at https://openrouter.ai/settings/management-keys.
    """
    settings = app.config.account(account)
    kind: KeyKind = "management" if management else "ordinary"
    if not (from_stdin or sys.stdin.isatty()):
        raise click.UsageError("There is no terminal to ask on; give the key with --stdin.")
    key_change.check_keyring(app.finder.keyring, account)
    secret = check_key(_ask(from_stdin))
    if not no_verify:
        wanted: KeyKind | None = "management" if management else None
        kind = key_change.identified(settings, secret, wanted, or_else="store it unseen with --no-verify")
        click.echo(f"OpenRouter accepts it: {key_change.WORDS[kind]}.")
    where = app.finder.keyring.write(account, kind, secret)
    click.echo(key_change.stored(account, kind, where))
    # What was known of this key, such as its rejection, is no longer known.
    app.store.forget(account, settings.base_url)
    if not no_verify:
        app.monitor.show(app.config.only((account,)))
        app.monitor.poll_if_due()
        click.echo(app.monitor.status().text)


@click.command()
@click.argument("account", default=DEFAULT_ACCOUNT)
@click.option("--management", is_flag=True, help="Remove the management key.")
@pass_app
def logout(app: App, account: str, *, management: bool) -> int:
    """Remove the key of ACCOUNT from the system's keyring."""
    settings = app.config.account(account)
    kind: KeyKind = "management" if management else "ordinary"
    removed = app.finder.keyring.remove(account, kind)
    left = app.monitor.keys(settings)
    if removed:
        click.echo(key_change.removed(account, kind))
        app.store.forget(account, settings.base_url)
        app.monitor.write_status()
    else:
        click.echo(
            f"opencredits: The keyring has no {key_change.WORDS[kind]} of the account '{account}'.", err=True
        )
    other = left.management if management else left.ordinary
    if other is not None:
        click.echo(f"opencredits: A key is still found: {other.origin}.", err=True)
    return 0 if removed else 1


@click.command()
@pass_app
def accounts(app: App) -> None:
    """List the accounts and where their keys come from.

    For each: the source of its keys (never a key), their kind, the last reading and the last error.
    """
    now = utc_now().astimezone()
    for account in app.config.accounts.values():
        click.echo(click.style(account.name, bold=True) + f" ({account.label})")
        for title, text in _facts(app, account, now):
            click.echo(f"  {title:<15}{text}")


def _facts(app: App, account: AccountSettings, now: datetime) -> list[tuple[str, str]]:
    if not account.enabled:
        return [("enabled", "no")]
    keys = app.monitor.keys(account)
    record = app.monitor.record(account)
    shown = app.monitor.account_status(account)
    missing = keys.fault.message if keys.fault else "none"
    read_at = show_clock(shown.read_at, now) if shown.read_at else "never"
    error = shown.error.sentence() if shown.error else "none"
    facts = [
        ("key", keys.ordinary.origin if keys.ordinary else missing if not keys.management else "none"),
        ("management key", keys.management.origin if keys.management else "none"),
        ("last reading", f"{shown.text}, read at {read_at}" if shown.read_at else "never"),
        ("last error", error),
    ]
    key = record.reading.key.value if record and record.reading else None
    if key is not None and key.is_management_key is not None:
        facts.insert(1, ("kind", "management" if key.is_management_key else "ordinary"))
    return facts


def _ask(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline()
    return str(click.prompt("API key (not shown)", hide_input=True))
