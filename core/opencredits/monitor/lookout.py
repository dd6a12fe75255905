"""After each poll, for all editors together: learns, judges, and raises what deserves an alert."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from ..alerts import Facts, findings
from ..config import Config
from ..history.bounds import QUARTER, By, begin_of
from ..history.chain import lines
from ..log import Log
from ..reading import Reading
from ..runaway import LOOKS_BACK, Finding, runaway
from ..spending import joined, points, spent_since
from ..status import View, account_status
from ..store import Finished, Record, Store
from ..zone import LOCAL
from . import on_alert
from .learned import Habits, binding_counter, learn_if_due

_LONG_GAP = timedelta(hours=1)
_BUDGETS: Mapping[str, By] = {"daily": "day", "weekly": "week", "monthly": "month"}


class Lookout:
    """Goes by the configuration file alone: alerts are for the machine, not for one editor."""

    def __init__(self, store: Store, log: Log) -> None:
        self._store = store
        self._log = log

    def look(self, view: View, before: Record, done: Finished, config: Config, now: datetime) -> None:
        """See what follows from a poll. `view` is what is known with it, `now` in the person's zone."""
        try:
            self._look(view, before, done, config, now)
        except Exception as exc:  # noqa: BLE001  # the poll has its answer, which is shown all the same
            self._log.write_exception("What follows from a poll could not be judged.", exc)

    def _look(self, view: View, before: Record, done: Finished, config: Config, now: datetime) -> None:
        series = before.series_id
        main, binding = _main_counter(done.reading), binding_counter(view.account, done.reading)
        habits = learn_if_due(self._store, series, {main, binding}, now)
        view = replace(view, profile=habits.get(binding, Habits()).profile)
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
            forecast=shown.forecast,
            lasts_until_reset=shown.lasts_until_reset_at is not None,
            runaway=self._runaway(series, main, habits.get(main, Habits()), config, now),
            spent=self._spent(before, done.reading, config, now),
        )
        gap = max(_LONG_GAP, 2 * config.settings.update_interval)
        raised = self._store.alerts.raise_new(
            (before.account, before.base_url, before.fingerprint),
            findings(facts),
            now,
            holds=gap,
            alone=_is_after_a_gap(before.reading, done.reading, gap),
        )
        if config.alerts.on_alert is not None:
            troubles = {on_alert.start(config.alerts.on_alert, alert, os.environ) for alert in raised}
            for trouble in filter(None, troubles):
                self._log.write(trouble)

    def _runaway(self, series: int, counter: str, habits: Habits, config: Config, now: datetime) -> Finding:
        recent = points(self._store.history(series, now - LOOKS_BACK, now), counter)
        return runaway(recent, habits.pace, config.alerts.runaway_min_per_hour, now)

    def _spent(
        self, record: Record, reading: Reading, config: Config, now: datetime
    ) -> Mapping[str, Decimal]:
        """Of the local day, week and month, as far as there is a budget for it and it is known."""
        begins = {
            name: begin_of(by, now, LOCAL)
            for name, by in _BUDGETS.items()
            if getattr(config.alerts, f"budget_{name}")
        }
        if not begins or not reading.succeeded:
            return {}
        since, until = min(begins.values()), reading.polled_at
        histories = self._store.histories(record.account, record.base_url, since, until, QUARTER)
        line = joined(lines(histories, _main_counter(reading)))
        if not line:
            return {}
        # Where the first reading came later, what is known of the window counts: it is not less than that.
        known = {name: max(begin, line[0].at) for name, begin in begins.items()}
        spent = {name: spent_since(line, begin) for name, begin in known.items()}
        return {name: amount for name, amount in spent.items() if amount is not None}


def _main_counter(reading: Reading) -> str:
    """All that the account spends where that is known, else what the key does."""
    newest = reading.counters()
    return "total_usage" if newest is not None and newest.knows_account else "usage"


def _is_after_a_gap(before: Reading | None, reading: Reading, gap: timedelta) -> bool:
    """Whether so much may have happened since the last reading that one alert has to say it all."""
    last = before.read_at if before is not None else None
    return last is None or reading.polled_at - last > gap
