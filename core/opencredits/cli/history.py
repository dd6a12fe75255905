"""`opencredits history`."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import dropwhile
from typing import Any, cast

import click

from .. import bounds
from ..config import AccountSettings
from ..events import Event, events
from ..history import Bucket, History
from ..moment import utc_now
from ..reading import KeyInfo, Part
from ..spending import Counters
from ..store import Store
from ..store.thinning import DAILY_AFTER
from ..windows import Window, windows
from ..zone import LOCAL
from .app import App, pass_app
from .history_text import bucket_lines, event_lines, heading, window_lines

_EVERY = timedelta(minutes=15)  # all that is shown goes by the same readings; a bound may lie in between
_WIDEST_WINDOW = timedelta(days=33)
_BUCKET_COLUMNS = ("account", "begin", "end", "spent", "counter", "known_s", "interpolated", "thinned")
_ONLY_SPENDING = "Nothing but spending."
_TOO_LITTLE = "Too few readings yet to tell what was spent."
_EVENT_COLUMNS = ("account", "at", "kind", "amount", "sentence")


@dataclass(frozen=True)
class Asked:
    """What the options ask for."""

    since: datetime
    by: bounds.By
    now: datetime
    zone: tzinfo


@dataclass(frozen=True)
class Stored:
    """One account with the stored readings of its keys."""

    account: AccountSettings
    readings: Sequence[Sequence[Counters]]
    history: History

    def buckets(self, asked: Asked) -> list[Bucket]:
        """Those that were asked for, from the first on of which anything is known."""
        begin = max(asked.since, self.history.begin or asked.now)
        found = self.history.buckets(asked.by, begin, asked.now, asked.zone)
        return list(dropwhile(lambda bucket: bucket.spent is None, found))

    def events(self, asked: Asked) -> list[Event]:
        """Those since then."""
        return [event for event in events(self.readings) if event.at >= asked.since]

    def windows(self, asked: Asked, store: Store) -> list[Window]:
        """Today and so on."""
        record = store.find(self.account.name, self.account.base_url, None)
        key: Part[KeyInfo] = record.reading.key if record and record.reading else Part()
        return list(windows(self.history, key, asked.now, asked.zone))


@click.command()
@click.option(
    "--since", default="7d", show_default=True, help="Such as 24h, 7d, 4w, 6mo, 1y, today, 2026-11-01."
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
@click.option("--events", "of_events", is_flag=True, help="What happened beside spending.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV with a header.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list of objects.")
@pass_app
def history(
    app: App,
    *,
    since: str,
    by: str,
    names: tuple[str, ...],
    utc: bool,
    of_events: bool,
    as_csv: bool,
    as_json: bool,
) -> int:
    """Show what was spent in each hour, day, week or month.

    On a terminal a chart, elsewhere plain columns. Only what is stored is looked at; nobody is asked.
    """
    if as_csv and as_json:
        raise click.UsageError("--csv and --json exclude each other.")
    asked = _asked(since, cast("bounds.By", by), UTC if utc else LOCAL)
    app.use_stored_only()
    stored = list(_stored(app, asked, names, None if of_events else _EVERY))
    if as_csv or as_json:
        rows = _event_rows(stored, asked) if of_events else _bucket_rows(stored, asked)
        columns = _EVENT_COLUMNS if of_events else _BUCKET_COLUMNS
        click.echo(json.dumps(rows, indent=2) if as_json else _csv(columns, rows))
    else:
        for each in stored:
            if len(stored) > 1:
                click.secho(each.account.label, bold=True)
            _print(each, asked, app.store, of_events=of_events)
    return 0 if stored else 1


def _asked(since: str, by: bounds.By, zone: tzinfo) -> Asked:
    now = utc_now()
    try:
        return Asked(bounds.begin_of(by, bounds.since(since, now, zone), zone), by, now, zone)
    except ValueError as exc:
        raise click.BadParameter(
            f"'{since}' is no time. Allowed are such as 24h, 7d, 4w, 6mo, 1y, today and 2026-11-01.",
            param_hint="--since",
        ) from exc


def _stored(app: App, asked: Asked, names: tuple[str, ...], every: timedelta | None) -> Iterator[Stored]:
    """The accounts with readings since then; why there is nothing of another is said on stderr."""
    since = min(asked.since, asked.now - _WIDEST_WINDOW)
    for account in app.config.only(names).watched():
        found = app.store.histories(account.name, account.base_url, since, asked.now, every)
        newest = max((readings[-1].at for readings in found), default=None)
        if newest is not None and newest >= asked.since:
            yield Stored(account, found, History(found, asked.now - DAILY_AFTER))
        else:
            click.echo(f"opencredits: {_why_nothing(account, newest, asked)}", err=True)


def _why_nothing(account: AccountSettings, newest: datetime | None, asked: Asked) -> str:
    if newest is None:
        return f"Nothing is stored yet of the account '{account.name}'. 'opencredits status' asks."
    begin, last = (f"{at.astimezone(asked.zone):%Y-%m-%d %H:%M}" for at in (asked.since, newest))
    return f"Nothing of the account '{account.name}' was read since {begin}; the last time was {last}."


def _bucket_rows(stored: Sequence[Stored], asked: Asked) -> list[dict[str, Any]]:
    return [
        {"account": each.account.name, **bucket.to_json(asked.zone)}
        for each in stored
        for bucket in each.buckets(asked)
    ]


def _event_rows(stored: Sequence[Stored], asked: Asked) -> list[dict[str, Any]]:
    return [
        {"account": each.account.name, **event.to_json(asked.zone)}
        for each in stored
        for event in each.events(asked)
    ]


def _print(each: Stored, asked: Asked, store: Store, *, of_events: bool) -> None:
    if of_events:
        found = each.events(asked)
        _echo(event_lines(found, asked.zone) if found else [_ONLY_SPENDING])
        return
    buckets = each.buckets(asked)
    if not buckets:
        click.echo(_TOO_LITTLE)
    elif not sys.stdout.isatty():
        _echo(bucket_lines(buckets, each.history, asked.by, asked.zone))
    else:
        _print_page(each, buckets, asked, store)


def _print_page(each: Stored, buckets: Sequence[Bucket], asked: Asked, store: Store) -> None:
    from rich.console import Console  # loaded where somebody looks

    from .chart import chart

    click.echo(heading(each.history.bucket(buckets[0].begin, asked.now), asked.zone))
    click.echo()
    _echo(window_lines(each.windows(asked, store), each.history, asked.now, asked.zone))
    click.echo()
    Console(highlight=False).print(chart(buckets, each.history, asked.by, asked.zone))


def _echo(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _csv(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _csv_value(value) for name, value in row.items()} for row in rows)
    return text.getvalue().rstrip("\n")


def _csv_value(value: object) -> object:
    """Words as JSON has them."""
    return str(value).lower() if isinstance(value, bool) else value
