"""When what binds is filled up again by itself. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ..moment import next_utc_midnight
from ..reading import Reading, Spendable


def next_reset(interval: str | None, after: datetime) -> datetime | None:
    """Limits reset at midnight UTC: each day, on Mondays, on the first of the month; None: never."""
    midnight = next_utc_midnight(after)
    match interval:
        case "daily":
            return midnight
        case "weekly":
            return midnight + timedelta(days=-midnight.weekday() % 7)
        case "monthly":
            first = after.astimezone(UTC).replace(day=1) + timedelta(days=32)
            return first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return None


def resets_at(reading: Reading, spendable: Spendable | None) -> datetime | None:
    """The next reset of what binds; None where it has none, or it is not known when."""
    key = reading.key.value
    if key is None or spendable is None or spendable.binding == "balance" or spendable.read_at is None:
        return None
    budget = key.effective_budget
    if spendable.binding == "key_limit" and key.limit is not None:
        return next_reset(key.limit_reset, spendable.read_at)
    if budget is None:
        return None
    return budget.resets_at or next_reset(budget.reset_interval, spendable.read_at)
