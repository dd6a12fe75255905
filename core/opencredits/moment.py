"""Points in time: always aware, in UTC unless a name says local."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def from_unix(seconds: float) -> datetime:
    """The UTC moment of a Unix time in seconds."""
    return datetime.fromtimestamp(seconds, UTC)


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC to the second, such as "2026-11-20T20:12:00Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: str) -> datetime:
    """Read ISO 8601; a text without a zone counts as UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def next_utc_midnight(moment: datetime) -> datetime:
    """The moment at which the UTC day of `moment` ends."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def show_span(span: timedelta) -> str:
    """A length of time in its largest whole unit: "40s", "12m", "3h", "2d"; below zero counts as zero."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def show_clock(moment: datetime, now: datetime) -> str:
    """Time of day in the zone of `now`, with the date when it is another day: "20:00", "Nov 19, 20:00"."""
    local = moment.astimezone(now.tzinfo)
    clock = local.strftime("%H:%M")
    return clock if local.date() == now.date() else f"{local:%b} {local.day}, {clock}"
