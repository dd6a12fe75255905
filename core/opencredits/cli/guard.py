"""`opencredits guard`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import click

from ..errors import CreditsError
from ..guard import Limits, Verdict, is_fresh, judge, not_known
from ..option import DOLLARS, HOURS, Kind
from .app import App, pass_app

UNKNOWN = 69  # EX_UNAVAILABLE: what was needed could not be had


def _of(kind: Kind) -> Callable[[click.Context, click.Parameter, str | None], Decimal | None]:
    """Reads an amount as the configuration does."""

    def read(ctx: click.Context, param: click.Parameter, text: str | None) -> Decimal | None:  # noqa: ARG001
        try:
            return None if text is None else kind.read(text)
        except ValueError as exc:
            raise click.BadParameter(f"{text!r} has to be {kind.allowed} ({exc}).") from exc

    return read


@click.command()
@click.option("--min-balance", metavar="USD", callback=_of(DOLLARS), help="So much has to be left.")
@click.option("--max-rate", metavar="USD_PER_HOUR", callback=_of(DOLLARS), help="No more may be going.")
@click.option("--min-hours", metavar="H", callback=_of(HOURS), help="At this rate it has to last so long.")
@click.option("--account", "names", metavar="A", multiple=True, help="Only this account; may be repeated.")
@click.option("--fail-open", is_flag=True, help="What is not known counts as safe.")
@pass_app
def guard(
    app: App,
    *,
    min_balance: Decimal | None,
    max_rate: Decimal | None,
    min_hours: Decimal | None,
    names: tuple[str, ...],
    fail_open: bool,
) -> int:
    """Say whether an agent may start, for hooks and scripts.

    Nothing is limited unless it is asked for; 0 is a limit. OpenRouter is asked when the last reading is
    older than 60 seconds.

    \b
    Exit status:
      0   safe, or no limit was given
      1   not safe
      2   wrong usage
      69  not known (0 with --fail-open)
    """
    limits = Limits(min_balance, max_rate, min_hours)
    if not limits.is_any:
        click.echo("No limit was given, so that nothing was checked. See 'opencredits guard --help'.")
        return 0
    shown = replace(app.config.settings, show_in_status_bar=True)
    app.monitor.show(replace(app.config, settings=shown).only(names))
    verdict = _verdict(app, limits)
    click.echo(verdict.sentence if verdict.safe else f"opencredits: {verdict.sentence}", err=not verdict.safe)
    if verdict.safe is None:
        return 0 if fail_open else UNKNOWN
    return 0 if verdict.safe else 1


def _verdict(app: App, limits: Limits) -> Verdict:
    """What cannot be found out is not known, whatever the reason."""
    try:
        app.monitor.find_keys()
        now = app.monitor.now()
        old = [each.name for each in app.monitor.status().accounts if not is_fresh(each, now)]
        if old:
            app.monitor.refresh(*old)
        return judge(limits, app.monitor.status().accounts, app.monitor.now())
    except CreditsError as exc:
        return not_known(exc.sentence())
    except Exception as exc:  # noqa: BLE001  # a mistake of our own says nothing about the money
        shows = "'opencredits --debug status' shows where"
        return not_known(f"OpenCredits itself failed ({type(exc).__name__}); {shows}.")
