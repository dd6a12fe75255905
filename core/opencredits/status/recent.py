"""The last 24 hours of an account, and its day by the clock here, out of two days of readings. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

from ..history import Counter, History, sparkline
from ..history.windows import windows
from ..money import show_spent
from ..reading import KeyInfo, Part
from ..spending import Counters

_HOUR = timedelta(hours=1)
_WHOSE: dict[Counter | None, str] = {"total_usage": "by all keys", "usage": "by this key"}
_NEVER_THINNED = datetime.min.replace(tzinfo=UTC)


def recent_lines(
    day: Sequence[Counters], key: Part[KeyInfo], read_at: datetime, zone: tzinfo | None
) -> Iterator[str]:
    """What was spent up to a reading; nothing where nothing is known."""
    history = History([day], _NEVER_THINNED)
    hours = [
        history.bucket(read_at - back * _HOUR, read_at - (back - 1) * _HOUR) for back in range(24, 0, -1)
    ]
    known = [hour.spent for hour in hours if hour.spent is not None]
    if known:
        spent = show_spent(sum(known, Decimal(0)))
        yield f"Last 24 hours: {sparkline([hour.spent for hour in hours])} {spent}"
    today = next(windows(history, key, read_at, zone or UTC))
    ours = today.ours
    if today.theirs is not None and ours.spent is not None and ours.end - ours.begin - ours.known <= _HOUR:
        yield f"Since 00:00 here: {show_spent(ours.spent)} {_WHOSE[ours.counter]}"
