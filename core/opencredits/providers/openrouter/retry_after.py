"""When the server wants to be asked again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from ...moment import from_unix
from ...schedule import LONGEST_RETRY_AFTER

_MILLISECONDS = 10**12  # the unit of X-RateLimit-Reset is not documented; seconds reach this in 33,000 years


def retry_at(
    now: datetime, *, retry_after: str | None, reset: str | None = None, server_time: datetime | None = None
) -> datetime | None:
    """The moment, by our clock, before which not to ask; None when there is nothing to wait for.

    `retry_after` and `reset` are the headers Retry-After and X-RateLimit-Reset; the later one wins, an hour
    at most. `server_time` is the server's clock, by which it wrote them, where it is known.
    """
    theirs = server_time or now
    waits = (_after(retry_after, theirs), _until_reset(reset, theirs))
    longest = max((wait for wait in waits if wait is not None), default=timedelta(0))
    return now + min(longest, LONGEST_RETRY_AFTER) if longest > timedelta(0) else None


def http_date(text: str | None) -> datetime | None:
    """The UTC moment of an HTTP date, such as that of the Date header; None when it is none."""
    try:
        moment = parsedate_to_datetime(text or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _after(text: str | None, now: datetime) -> timedelta | None:
    seconds = _number(text)
    if seconds is not None:
        return timedelta(seconds=min(seconds, LONGEST_RETRY_AFTER.total_seconds()))
    date = http_date(text)
    return date - now if date else None


def _until_reset(text: str | None, now: datetime) -> timedelta | None:
    at = _number(text)
    if at is None:
        return None
    at = at / 1000 if at >= _MILLISECONDS else at
    # Years beyond the calendar are cut off well before, where the cap of an hour makes them all alike.
    return from_unix(min(at, _MILLISECONDS / 10)) - now


def _number(text: str | None) -> float | None:
    match = re.fullmatch(r"\s*(\d+)(\.\d+)?\s*", text or "", re.ASCII)
    return float(match[0]) if match else None
