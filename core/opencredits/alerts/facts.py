"""What is known about one account after a poll, as far as alerts go by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from ..config import AccountSettings, Settings
from ..config.alert_settings import AlertSettings
from ..forecast import Forecast
from ..money import show_rate
from ..reading import Binding, KeyInfo, Reading, Spendable
from ..runaway import Finding as Runaway


@dataclass(frozen=True)
class Facts:
    """All that the rules judge by. Amounts in dollars; None, and what is missing, is not known."""

    account: AccountSettings
    settings: Settings
    alerts: AlertSettings
    reading: Reading
    now: datetime
    """Aware, in the zone by whose days and clock the person goes."""
    previous: Reading | None = None
    """The reading before this one."""
    spendable: Spendable | None = None
    per_hour: Decimal | None = None
    """The burn rate; 0 when nothing was spent in its window."""
    forecast: Forecast | None = None
    lasts_until_reset: bool = False
    """What binds is filled up again before it is used up, so that there is no forecast."""
    runaway: Runaway | None = None
    spent: Mapping[str, Decimal] = field(default_factory=dict)
    """By our own counting in the `daily`, `weekly` and `monthly` window of the local calendar."""

    @property
    def key(self) -> KeyInfo | None:
        """What this very poll learned about the key."""
        return self.reading.key.value if self.is_fresh(self.reading.key.read_at) else None

    def is_fresh(self, read_at: datetime | None) -> bool:
        """Whether this very poll read it; what is older was judged when it was read."""
        return read_at == self.reading.polled_at

    def title(self, text: str) -> str:
        """Which account it is about."""
        return f"{self.account.label}: {text}"

    def pace(self, binding: Binding | None = None) -> str:
        """A sentence about how fast it goes, and how long what binds lasts by that if it is this.

        Empty when that is not known, or nothing is spent.
        """
        rate = show_rate(self.per_hour) if self.per_hour is not None else None
        if rate is None:
            return ""
        rate = rate.removeprefix("-")
        binds = self.spendable is not None and self.spendable.binding == binding
        if self.forecast is not None and binds:
            return f"At {rate} that lasts {self.forecast.spelled()}."
        return f"It goes at {rate}."
