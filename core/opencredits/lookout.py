"""After each poll, for all editors together: raises what deserves an alert, and starts what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from .alerts import Facts, findings
from .chain import chained
from .config import AccountSettings, Config
from .reading import Reading
from .spending import joined, runs, spent_since
from .status import View, account_status
from .store import Finished, Record, Store

_LONG_GAP = timedelta(hours=1)
_EVERY = timedelta(minutes=15)  # every time zone's midnight is the end of a quarter of an hour


class Lookout:
    """Goes by the configuration file alone: alerts are for the machine, not for one editor."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def look(self, view: View, before: Record, done: Finished, config: Config, now: datetime) -> None:
        """Judge what a poll has brought. `view` is what is known with it, `now` in the person's zone."""
        shown = account_status(view, config.settings, now)
        facts = Facts(
            account=view.account,
            settings=config.settings,
            alerts=config.alerts,
            reading=done.reading,
            now=now,
            previous=before.reading,
            spendable=shown.spendable,
            per_hour=shown.burn_per_hour,
            spent=self._spent(view.account, done.reading, config, now.date()),
        )
        self._store.alerts.raise_new(
            before.account,
            before.base_url,
            findings(facts),
            now,
            alone=_is_after_a_gap(before.reading, done.reading, config),
        )

    def _spent(
        self, account: AccountSettings, reading: Reading, config: Config, today: date
    ) -> Mapping[str, Decimal]:
        """Of the local day, week and month, as far as there is a budget for it and it is known."""
        begins = {
            "daily": today,
            "weekly": today - timedelta(days=today.weekday()),
            "monthly": today.replace(day=1),
        }
        wanted = {name: day for name, day in begins.items() if getattr(config.alerts, f"budget_{name}")}
        newest = reading.counters()
        if not wanted or newest is None:
            return {}
        since = _midnight(min(wanted.values()))
        histories = self._store.histories(account.name, account.base_url, since, newest.at, _EVERY)
        counter = "total_usage" if newest.knows_account else "usage"
        points = joined(run for part in chained(histories) for run in runs(part, counter))
        spent = {name: spent_since(points, _midnight(day)) for name, day in wanted.items()}
        return {name: amount for name, amount in spent.items() if amount is not None}


def _midnight(day: date) -> datetime:
    """At which a day begins here."""
    return datetime.combine(day, time()).astimezone()


def _is_after_a_gap(before: Reading | None, reading: Reading, config: Config) -> bool:
    """Whether so much may have happened since the last reading that one alert has to say it all."""
    last = before.read_at if before is not None else None
    return last is None or reading.polled_at - last > max(_LONG_GAP, 2 * config.settings.update_interval)
