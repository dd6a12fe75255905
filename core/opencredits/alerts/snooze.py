"""Until when alerts are held back. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

MORNING = timedelta(hours=6)


def until_tomorrow(now: datetime) -> datetime:
    """The next morning in the zone of `now`; who works past midnight means the same one."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + MORNING if now < midnight + MORNING else midnight + timedelta(days=1) + MORNING
