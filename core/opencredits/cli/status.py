"""`opencredits status` and `opencredits refresh`."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import click

from .. import status_file
from ..config import Config, parse_value
from ..status import NO_ACCOUNT, Status
from .app import App, pass_app

COLOURS = {"ok": "green", "low": "yellow", "critical": "red", "error": "red", "unknown": "bright_black"}
_NOTHING_STORED = "Nothing is stored yet. 'opencredits status' asks."


@click.command()
@click.option("--line", is_flag=True, help="The status line alone, for prompts and status bars.")
@click.option("--json", "as_json", is_flag=True, help="The status as a JSON object.")
@click.option("--format", "template", metavar="T", help="Another text than the option 'format' has.")
@click.option("--account", "names", metavar="A", multiple=True, help="Only this account; may be repeated.")
@click.option("--refresh", "fresh", is_flag=True, help="Ask at once, whatever the schedule says.")
@click.option("--cached", is_flag=True, help="Show what is stored; never touch the network or the keyring.")
@pass_app
def status(
    app: App,
    *,
    line: bool,
    as_json: bool,
    template: str | None,
    names: tuple[str, ...],
    fresh: bool,
    cached: bool,
) -> int:
    """Show what is left, asking OpenRouter only if its time has come.

    Prints the status line and then the details. Without --refresh, at most one process on this machine
    asks, once per 'update_interval'; everybody else shows its answer.
    """
    _exclude(line and as_json, "--line", "--json")
    _exclude(fresh and cached, "--refresh", "--cached")
    if cached and line and not names and template is None:
        stored = status_file.read_line(app.paths.status)
        if stored is not None:
            return status_file.print_line(stored)
    if cached:
        app.use_stored_only()
    app.monitor.show(_shown(app.config, names, template))
    if fresh:
        _refresh(app)
    elif not cached:
        app.monitor.poll_if_due()
    return _print(app.monitor.status(), line=line, as_json=as_json, cached=cached)


@click.command()
@click.option("--account", "names", metavar="A", multiple=True, help="Only this account; may be repeated.")
@pass_app
def refresh(app: App, names: tuple[str, ...]) -> int:
    """Ask OpenRouter now, and print the status line.

    Ignores the interval, our own back-off and an earlier rejection, but not the time for which
    OpenRouter asked to be left alone. Within 5 seconds of the last manual refresh its answer is shown.
    """
    app.monitor.show(_shown(app.config, names, None))
    _refresh(app)
    return _print(app.monitor.status(), line=True, as_json=False, cached=False)


def _refresh(app: App) -> None:
    for refused in app.monitor.refresh():
        click.echo(f"opencredits: {refused.sentence()}", err=True)


def _shown(config: Config, names: tuple[str, ...], template: str | None) -> Config:
    """The configuration of one call. The command line shows what editors may have switched off."""
    settings = replace(config.settings, show_in_status_bar=True)
    if template is not None:
        settings = replace(settings, format=parse_value("format", template)[1])
    return replace(config, settings=settings).only(names)


def _print(shown: Status, *, line: bool, as_json: bool, cached: bool) -> int:
    if as_json:
        click.echo(json.dumps(shown.to_json(), indent=2))
    else:
        click.echo(click.style(shown.text, fg=COLOURS[shown.level]))
    if shown.has_reading and not (line or as_json):
        # By itself click takes ASCII for a mistake, and writes UTF-8.
        click.echo(shown.tooltip_text, file=sys.stdout)
    _say_why_not(shown, cached=cached)
    return 0 if shown.has_reading else 1


def _say_why_not(shown: Status, *, cached: bool) -> None:
    """One sentence for each account without a reading."""
    without = [account for account in shown.accounts if not account.has_reading]
    faults = [account.error for account in without if account.error is not None]
    for fault in faults:
        click.echo(f"opencredits: {fault.sentence()}", err=True)
    if not shown.accounts:
        click.echo(f"opencredits: {NO_ACCOUNT}", err=True)
    elif cached and without and not faults:
        click.echo(f"opencredits: {_NOTHING_STORED}", err=True)


def _exclude(both: bool, one: str, other: str) -> None:
    if both:
        raise click.UsageError(f"{one} and {other} exclude each other.")
