"""What is stored of an account's past, for `opencredits history`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import dropwhile
from typing import Any, Literal

import click

from ..config import AccountSettings
from ..forecast.backtest import Backtest, backtest
from ..history import Bucket, History
from ..history.bounds import QUARTER, By
from ..history.events import Event, events
from ..history.windows import Window, windows
from ..reading import KeyInfo, Part
from ..spending import Counters, Point, points
from ..store import Store
from ..store.thinning import DAILY_AFTER
from .app import App

What = Literal["spending", "events", "backtest"]

_WIDEST_WINDOW = timedelta(days=33)
_EVERY = {  # how many readings are looked at
    "spending": QUARTER,  # as in the tooltip, so that both say the same
    "events": None,  # each by its own time
    "backtest": timedelta(minutes=5),  # as often as is asked for as a rule
}


@dataclass(frozen=True)
class Asked:
    """What the options ask for."""

    what: What
    since: datetime
    by: By
    now: datetime
    zone: tzinfo


@dataclass(frozen=True)
class Stored:
    """One account with the stored readings of its keys; the key that was read last comes last."""

    account: AccountSettings
    readings: Sequence[Sequence[Counters]]
    history: History

    def rows(self, asked: Asked) -> Iterator[dict[str, Any]]:
        """What was asked for, as JSON objects."""
        for row in self._rows(asked):
            yield {"account": self.account.name, **row}

    def buckets(self, asked: Asked) -> list[Bucket]:
        """Those that were asked for, from the first on of which anything is known."""
        begin = max(asked.since, self.history.begin or asked.now)  # a century by hour takes its time
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

    def backtest(self, asked: Asked) -> Backtest:
        """How good forecasts would have been with the key that was read last."""
        return backtest(self._replayed(self.readings[-1]), asked.zone)

    def _rows(self, asked: Asked) -> list[dict[str, Any]]:
        if asked.what == "events":
            return [event.to_json(asked.zone) for event in self.events(asked)]
        if asked.what == "backtest":
            return [self.backtest(asked).to_json()]
        return [bucket.to_json(asked.zone) for bucket in self.buckets(asked)]

    def _replayed(self, readings: Sequence[Counters]) -> list[tuple[Point, Decimal | None]]:
        """What was spent, and what was left of the balance; what a cap left is not kept."""
        counter = "total_usage" if any(each.knows_account for each in readings) else "usage"
        known = [each for each in readings if each.value(counter) is not None]
        return list(zip(points(known, counter), map(self._balance, known), strict=True))

    def _balance(self, reading: Counters) -> Decimal | None:
        if not reading.knows_account or not reading.total_credits or self.account.billed_by_invoice:
            return None
        return reading.total_credits - (reading.total_usage or 0)


def stored(app: App, asked: Asked, names: tuple[str, ...]) -> Iterator[Stored]:
    """The accounts with readings since then; why there is nothing of another is said on stderr."""
    since = min(asked.since, asked.now - _WIDEST_WINDOW)
    accounts = app.config.only(names).watched()
    for account in accounts:
        key = (account.name, account.base_url)
        found = app.store.histories(*key, since, asked.now, _EVERY[asked.what])
        newest = max((readings[-1].at for readings in found), default=None)
        if newest is not None and newest >= asked.since:
            yield Stored(account, found, History(found, asked.now - DAILY_AFTER))
        elif newest is not None or len(accounts) == 1 or not account.implied:
            click.echo(f"opencredits: {_why_nothing(account, newest, asked)}", err=True)


def _why_nothing(account: AccountSettings, newest: datetime | None, asked: Asked) -> str:
    if newest is None:
        return f"Nothing is stored yet of the account '{account.name}'. 'opencredits status' asks."
    begin, last = (f"{at.astimezone(asked.zone):%Y-%m-%d %H:%M}" for at in (asked.since, newest))
    return f"Nothing of the account '{account.name}' was read since {begin}; the last time was {last}."
