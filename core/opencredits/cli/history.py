"""`opencredits history`."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any, cast

import click

from ..clock import utc_now
from ..history import Bucket, bounds
from ..store import Store
from ..zone import LOCAL
from .app import App, pass_app
from .history_text import bucket_lines, event_lines, heading, window_lines
from .stored_history import Asked, Stored, What, stored

_COLUMNS: dict[What, tuple[str, ...]] = {
    "spending": ("begin", "end", "spent", "counter", "known_s", "interpolated", "thinned"),
    "events": ("at", "kind", "amount", "sentence"),
    "backtest": (
        *("forecasts", "notional", "coverage"),
        *("median_error", "median_error_last_hour", "median_error_yesterday"),
    ),
}
_SINCE: dict[What, str] = {"spending": "7d", "events": "30d", "backtest": "12w"}
_ONLY_SPENDING = "Nothing but spending."
_TOO_LITTLE = "Too few readings yet to tell what was spent."


@click.command()
@click.option(
    "--since",
    metavar="TIME",
    help="Such as 24h, 7d, 4w, 6mo, 1y, today, 2026-11-01.  [default: 7d; events 30d; backtest 12w]",
)
@click.option(
    "--by",
    default="day",
    show_default=True,
    type=click.Choice(["hour", "day", "week", "month"]),
    help="How long each is.",
)
@click.option("--account", "names", metavar="A", multiple=True, help="Only this account; may be repeated.")
@click.option("--utc", is_flag=True, help="Hours and days of UTC instead of local time.")
@click.option("--events", is_flag=True, help="What happened beside spending: top-ups, refunds, other keys.")
@click.option("--backtest", is_flag=True, help="How good forecasts of the time to empty would have been.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV with a header.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list of objects.")
@pass_app
def history(app: App, /, *, names: tuple[str, ...], as_csv: bool, as_json: bool, **options: Any) -> int:
    """Show what was spent in each hour, day, week or month.

    On a terminal a chart, elsewhere plain columns. Only what is stored is looked at; nobody is asked.
    """
    _exclude(as_csv and as_json, "--csv", "--json")
    asked = _asked(**options)
    app.use_stored_only()
    found = list(stored(app, asked, names))
    rows = (row for each in found for row in each.rows(asked))
    if as_json:
        click.echo(json.dumps(list(rows), indent=2))
    elif as_csv:
        click.echo(_csv(("account", *_COLUMNS[asked.what]), rows), nl=False)
    else:
        for turn, each in enumerate(found):
            if len(found) > 1:
                click.secho("\n" * (turn > 0) + each.account.label, bold=True)
            _print(each, asked, app.store)
    return 0 if found else 1


def _asked(*, since: str | None, by: str, utc: bool, events: bool, backtest: bool) -> Asked:
    _exclude(events and backtest, "--events", "--backtest")
    what: What = "events" if events else "backtest" if backtest else "spending"
    now, zone, span = utc_now(), UTC if utc else LOCAL, cast("bounds.By", by)
    begin = _SINCE[what] if since is None else since
    try:
        start = bounds.since(begin, now, zone)
        whole = bounds.begin_of(span, start, zone) if what == "spending" else start
    except ValueError as exc:
        allowed = "24h, 7d, 4w, 6mo, 1y, today and 2026-11-01"
        raise click.BadParameter(
            f"'{begin}' is no time. Allowed are such as {allowed}.", param_hint="--since"
        ) from exc
    return Asked(what, whole, span, now, zone)


def _print(each: Stored, asked: Asked, store: Store) -> None:
    if asked.what == "backtest":
        _echo(each.backtest(asked).lines())
    elif asked.what == "events":
        _echo([*event_lines(each.events(asked), asked.zone)] or [_ONLY_SPENDING])
    elif not (buckets := each.buckets(asked)):
        click.echo(_TOO_LITTLE)
    elif sys.stdout.isatty():
        _print_page(each, buckets, asked, store)
    else:
        _echo(bucket_lines(buckets, each.history, asked.by, asked.zone))


def _print_page(each: Stored, buckets: Sequence[Bucket], asked: Asked, store: Store) -> None:
    from rich.console import Console  # loaded where somebody looks

    from .chart import chart

    whole = each.history.bucket(buckets[0].begin, asked.now)
    click.echo(heading(whole, each.history, asked.now.astimezone(asked.zone)))
    click.echo()
    _echo(window_lines(each.windows(asked, store), each.history, asked.now, asked.zone))
    click.echo()
    Console(highlight=False).print(chart(buckets, each.history, asked.by, asked.zone))


def _echo(lines: Iterable[str]) -> None:
    click.echo("".join(f"{line}\n" for line in lines), nl=False)


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _csv_value(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _csv_value(value: object) -> object:
    """Words as JSON has them."""
    return str(value).lower() if isinstance(value, bool) else value


def _exclude(both: bool, one: str, other: str) -> None:
    if both:
        raise click.UsageError(f"{one} and {other} exclude each other.")
