"""After each poll, for all editors together: learns, judges, and raises what deserves an alert."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from ..alerts import Facts, findings
from ..config import AccountSettings, Config
from ..history.bounds import QUARTER, By, begin_of
from ..history.chain import lines
from ..log import Log
from ..reading import Reading
from ..runaway import LOOKS_BACK, runaway
from ..spending import joined, points, spent_since
from ..status import View
from ..status.figures import Figures
from ..store import Record, Store
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

    def look(
        self, account: AccountSettings, before: Record, reading: Reading, config: Config, now: datetime
    ) -> None:
        """See what follows from a poll. `before` was stored when it began; `now` is in the person's zone."""
        try:
            self._look(account, before, reading, config, now)
        except Exception as exc:  # noqa: BLE001  # the poll has its answer, which is shown all the same
            self._log.write_exception("What follows from a poll could not be judged.", exc)

    def _look(
        self, account: AccountSettings, before: Record, reading: Reading, config: Config, now: datetime
    ) -> None:
        facts = self._facts(account, before, reading, config, now)
        gap = max(_LONG_GAP, 2 * config.settings.update_interval)
        raised = self._store.alerts.raise_new(
            (before.account, before.base_url, before.fingerprint),
            findings(facts),
            now,
            holds=gap,
            alone=_is_after_a_gap(before.reading, reading, gap),
        )
        if config.alerts.on_alert is not None:
            troubles = {on_alert.start(config.alerts.on_alert, alert, os.environ) for alert in raised}
            for trouble in filter(None, troubles):
                self._log.write(trouble)

    def _facts(
        self, account: AccountSettings, before: Record, reading: Reading, config: Config, now: datetime
    ) -> Facts:
        facts = Facts(account, config.settings, config.alerts, reading, now, previous=before.reading)
        # A refused key may leave the balance to a management key; how fast it goes, nobody counts any more.
        return self._with_history(facts, before) if reading.succeeded else facts

    def _with_history(self, facts: Facts, record: Record) -> Facts:
        """With how fast it goes, as the status has it, and what was spent."""
        series, reading, now = record.series_id, facts.reading, facts.now
        main, binding = _main_counter(reading), binding_counter(facts.account, reading)
        habits = learn_if_due(self._store, series, {main, binding}, now)
        usual, profile = habits.get(main, Habits()).pace, habits.get(binding, Habits()).profile
        span = max(LOOKS_BACK, timedelta(minutes=facts.settings.rate_window))
        recent = self._store.history(series, reading.polled_at - span, reading.polled_at)
        figures = Figures.of(View(facts.account, reading, recent, profile=profile), facts.settings, now)
        return replace(
            facts if figures is None else _as_shown(facts, figures),
            runaway=runaway(points(recent, main), usual, facts.alerts.runaway_min_per_hour, now),
            spent=self._spent(facts, record),
        )

    def _spent(self, facts: Facts, record: Record) -> Mapping[str, Decimal]:
        """Of the local day, week and month, as far as there is a budget for it and it is known."""
        begins = {
            name: begin_of(by, facts.now, LOCAL)
            for name, by in _BUDGETS.items()
            if getattr(facts.alerts, f"budget_{name}")
        }
        if not begins:
            return {}
        since, until = min(begins.values()), facts.reading.polled_at
        histories = self._store.histories(record.account, record.base_url, since, until, QUARTER)
        line = joined(lines(histories, _main_counter(facts.reading)))
        if not line:
            return {}
        # Where the first reading came later, what is known of the window counts: it is not less than that.
        known = {name: max(begin, line[0].at) for name, begin in begins.items()}
        spent = {name: spent_since(line, begin) for name, begin in known.items()}
        return {name: amount for name, amount in spent.items() if amount is not None}


def _as_shown(facts: Facts, figures: Figures) -> Facts:
    return replace(
        facts,
        spendable=figures.spendable,
        per_hour=figures.rate,
        forecast=figures.forecast,
        lasts_until_reset=figures.lasts_until is not None,
    )


def _main_counter(reading: Reading) -> str:
    """All that the account spends where that is known, else what the key does."""
    newest = reading.counters()
    return "total_usage" if newest is not None and newest.knows_account else "usage"


def _is_after_a_gap(before: Reading | None, reading: Reading, gap: timedelta) -> bool:
    """Whether so much may have happened since the last reading that one alert has to say it all."""
    last = before.read_at if before is not None else None
    return last is None or reading.polled_at - last > gap
