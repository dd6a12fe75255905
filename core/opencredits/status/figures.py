"""The figures of a reading that can be shown, as values. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ..config import Settings
from ..forecast import Forecast, forecast
from ..moment import next_utc_midnight
from ..reading import Fault, FreeRequests, Part, Reading
from ..schedule import stale_at
from ..spending import burn_rate, points
from .reset import resets_at
from .thresholds import Thresholds
from .view import Level, State, View


class Figures:
    """What a reading says about an account at a time; amounts in dollars, None: not known."""

    @classmethod
    def of(cls, view: View, settings: Settings, now: datetime) -> Figures | None:
        """What is known of it; None where that is nothing, or the key was refused.

        A management key may go on reading the balance then; but nothing counts any more how fast it goes.
        """
        reading = view.reading
        if reading is None or reading.rejected:
            return None
        figures = cls(view, reading, settings, now)
        return figures if figures.key is not None or figures.balance is not None else None

    def __init__(self, view: View, reading: Reading, settings: Settings, now: datetime) -> None:
        invoice = view.account.billed_by_invoice
        self.view, self.account, self.reading = view, view.account, reading
        self.settings, self.now = settings, now
        self.key = reading.key.value
        self.balance = reading.balance(billed_by_invoice=invoice)
        self.spendable = reading.spendable(billed_by_invoice=invoice)
        self.state = self._state()
        self.part: Part[Any] = reading.credits if self.state == "balance" else reading.key
        self.read_at = self.part.read_at or reading.polled_at  # of that which is shown
        self.error = self._error()
        self.stale = self._is_stale()
        self._look_ahead()

    def _look_ahead(self) -> None:
        """How fast it goes, and how long it lasts by that."""
        counted = points(self.view.history, self.spendable.counter if self.spendable else "usage")
        window = timedelta(minutes=self.settings.rate_window)
        left = self.spendable.amount if self.spendable and not self.stale else None
        read_at = self.read_at.astimezone(self.now.tzinfo)
        found = forecast(left, counted, self.view.profile, read_at)
        reset = resets_at(self.reading, self.spendable)
        self.rate = burn_rate(counted, window)
        self.rate_over = min(window, counted[-1].at - counted[0].at) if counted else window
        self.forecast: Forecast | None = found
        self.lasts_until: datetime | None = None
        if found and reset and read_at + found.middle >= reset:
            self.forecast, self.lasts_until = None, reset
        self.lasts_surely = bool(found and reset and read_at + found.low >= reset)
        """Whether the reset comes before all is used up, be it spent as fast as it may."""

    def _state(self) -> State:
        if self.reading.never_bought():
            return "free"
        if self.spendable is None:
            return "payg"
        return "balance" if self.spendable.binding == "balance" else "limit"

    def _error(self) -> Fault | None:
        """What keeps this from being fresh and whole. That a key may not see the balance is no error."""
        reading = self.reading
        faults = (reading.fault, self.part.fault, reading.key.fault, reading.credits.fault)
        fault = next((each for each in faults if each and each.kind != "no_permission"), None)
        return fault or (None if self.view.has_no_key else self.view.fault)

    def _is_stale(self) -> bool:
        failed = not self.reading.succeeded or self.part.fault is not None
        return failed or self.now >= stale_at(self.read_at, self.settings.update_interval)

    @property
    def stale_at(self) -> datetime:
        """When the text stops being true by itself: by its age, or because its "today" is over."""
        if self.stale:
            return self.read_at
        at = stale_at(self.read_at, self.settings.update_interval)
        return min(at, next_utc_midnight(self.read_at)) if self._shows_today() else at

    def _shows_today(self) -> bool:
        """Whether the text has a figure that is wrong after midnight UTC."""
        if self.state == "free":
            return self.free_requests is not None
        named = "{today}" in self.settings.format or (
            self.state == "payg" and "{notes}" in self.settings.format
        )
        return named and self.today is not None

    @property
    def level(self) -> Level:
        """By the thresholds, where there is something that they are for."""
        if self.spendable is None or self.state == "free":
            return "ok"
        return Thresholds.of(self.spendable, self.settings).level(self.spendable.amount)

    @property
    def today(self) -> Decimal | None:
        """What the key spent on this UTC day."""
        key = self.key
        if key is None or key.is_management_key or self.reading.day_is_over(self.now):
            return None
        return key.usage_daily

    @property
    def free_requests(self) -> FreeRequests | None:
        """What is left of them today, where that is all there is."""
        quota = self.key.free_model_daily_requests if self.key else None
        return None if self.state != "free" or self.reading.day_is_over(self.now) else quota
