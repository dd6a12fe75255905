"""`opencredits alerts`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta

import click

from ..alerts.snooze import until_tomorrow
from ..clock import utc_now
from ..config.alert_settings import KINDS
from ..moment import iso, show_clock
from ..option import INTERVAL
from ..store import Alert, Snooze
from .app import App, pass_app

_COLOURS = {"info": "green", "warn": "yellow", "error": "red"}
_HOUR = timedelta(hours=1)


@click.group(invoke_without_command=True)
@click.option("--last", default=20, show_default=True, type=click.IntRange(1), help="How many.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
@click.pass_context
def alerts(context: click.Context, *, last: int, as_json: bool) -> None:
    """List the last alerts, newest first, and what is snoozed."""
    if context.invoked_subcommand is not None:
        return
    app, now = context.ensure_object(App), utc_now().astimezone()
    app.use_stored_only()
    found, snoozes = app.store.alerts.newest(last), app.store.alerts.snoozes(now)
    if as_json:
        click.echo(json.dumps(_as_json(found, snoozes), indent=2))
        return
    if not found:
        click.echo("No alerts yet.")
    for alert in found:
        _print(alert, now)
    for snooze in snoozes:
        click.echo(f"{_what(snooze)} held back until {show_clock(snooze.until, now)}.")


@alerts.command("snooze")
@click.argument("kind", required=False, type=click.Choice(list(KINDS)), metavar="[KIND]")
@click.option("--account", metavar="A", help="Of this account alone.")
@click.option("--for", "span", metavar="TIME", help='Such as "30m" or "8 hours"; an hour unless said.')
@click.option("--until", type=click.Choice(["tomorrow"]), help="Until six in the morning.")
@pass_app
def snooze(app: App, kind: str | None, account: str | None, span: str | None, until: str | None) -> int:
    """Hold back alerts, or those of one KIND. What still holds then is told then."""
    now = utc_now().astimezone()
    if span is not None and until is not None:
        raise click.UsageError("--for and --until exclude each other.")
    if account is not None:
        app.config.account(account)
    held = Snooze(account, kind, until_tomorrow(now) if until else now + _span(span))
    app.store.alerts.snooze(held.account, held.kind, held.until)
    if app.store.trouble is not None:  # said at the end
        return 1
    click.echo(f"{_what(held)} held back until {show_clock(held.until, now)}.")
    return 0


@alerts.command("unsnooze")
@pass_app
def unsnooze(app: App) -> int:
    """Hold back nothing any more."""
    app.store.alerts.unsnooze(utc_now())
    if app.store.trouble is not None:
        return 1
    click.echo("No alerts are held back any more.")
    return 0


def _span(text: str | None) -> timedelta:
    try:
        span: timedelta = INTERVAL.read(text) if text is not None else _HOUR
    except ValueError as exc:
        raise click.BadParameter(
            f"{text!r} has to be {INTERVAL.allowed} ({exc}).", param_hint="--for"
        ) from exc
    return span


def _what(snooze: Snooze) -> str:
    kind = f"Alerts of the kind {snooze.kind}" if snooze.kind else "Alerts"
    return f"{kind} of the account {snooze.account} are" if snooze.account else f"{kind} are"


def _print(alert: Alert, now: datetime) -> None:
    notes = ", ".join((alert.kind, *_notes(alert, now)))
    click.echo(f"{show_clock(alert.raised_at, now)}  {click.style(alert.title, fg=_COLOURS[alert.level])}")
    width = min(78, shutil.get_terminal_size().columns)
    click.echo(click.wrap_text(f"{alert.message} ({notes})", width, "    ", "    "))


def _notes(alert: Alert, now: datetime) -> Iterator[str]:
    """What has become of it."""
    if alert.ended_at is None:
        yield "still so"
    elif alert.ended_at <= now:
        yield f"over since {show_clock(alert.ended_at, now)}"
    if alert.offer_at is None:
        yield "not shown, because something graver was"
    elif alert.offer_at > now:
        yield f"snoozed until {show_clock(alert.offer_at, now)}"
    elif alert.shown_at is None:
        yield "not shown yet" if alert.ended_at is None or alert.ended_at > now else "never shown"


def _as_json(found: list[Alert], snoozes: list[Snooze]) -> dict[str, object]:
    return {
        "alerts": [alert.to_json() for alert in found],
        "snoozes": [
            {"account": snooze.account, "kind": snooze.kind, "until": iso(snooze.until)} for snooze in snoozes
        ],
    }
