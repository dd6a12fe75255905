"""From when on what is left counts as little. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ..config import Settings
from ..reading import Spendable


@dataclass(frozen=True)
class Thresholds:
    """Dollars below which what is left is low, and critical."""

    low: Decimal
    critical: Decimal

    @classmethod
    def of(cls, spendable: Spendable, settings: Settings) -> Thresholds:
        """As they are set; but at most 20 % and 5 % of a cap, so that a small one is not always low."""
        low, critical = settings.warn_below, settings.critical_below
        if spendable.cap is None:
            return cls(low, critical)
        return cls(min(low, spendable.cap / 5), min(critical, spendable.cap / 20))

    def level(self, left: Decimal) -> Literal["ok", "low", "critical"]:
        """How little that is; nothing at all is always critical."""
        if left < self.critical or left <= 0:
            return "critical"
        return "low" if left < self.low else "ok"
