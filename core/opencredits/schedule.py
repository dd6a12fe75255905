"""When the next poll is due. Pure: time is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LEAST_WAIT = timedelta(seconds=60)
LONGEST_BACK_OFF = timedelta(minutes=30)
LONGEST_RETRY_AFTER = timedelta(hours=1)
STILL_MOVING = timedelta(minutes=10)
LONGEST_ADAPTIVE = timedelta(hours=1)
MOST_JITTER = 0.05
TURN_OF_OTHERS = timedelta(seconds=3)
SAME_MANUAL = timedelta(seconds=5)
PERMISSION_ASKED_AGAIN = timedelta(days=1)


@dataclass(frozen=True)
class Polled:
    """What is remembered about the polls of one account with one key."""

    finished_at: datetime | None = None
    manual_at: datetime | None = None
    failures: int = 0
    """Failed polls since the last one that succeeded."""
    rejected: bool = False
    moved_at: datetime | None = None
    """When usage was last seen to have grown."""
    retry_at: datetime | None = None
    jitter: float = 0.0
    """Drawn once for the next wait, 0 to 0.05, so that everybody waits equally long."""


def next_due(polled: Polled, interval: timedelta, *, adaptive: bool, now: datetime) -> datetime | None:
    """When to poll by itself; a past time means now. None: not before the key changes or someone refreshes.

    A last poll that lies in the future means that the clock was set back: then nothing that was
    remembered says anything about how long ago it was.
    """
    if polled.rejected:
        return None
    if polled.finished_at is None or polled.finished_at > now:
        return retry_floor(polled, now) or now
    wait = _wait(polled, interval, adaptive=adaptive) * (1 + min(max(polled.jitter, 0), MOST_JITTER))
    due = polled.finished_at + max(wait, LEAST_WAIT)
    return max(due, retry_floor(polled, now) or due)


def retry_floor(polled: Polled, now: datetime) -> datetime | None:
    """Until when nobody may ask; None when anybody may.

    More than an hour ahead means that the clock was set back.
    """
    if polled.retry_at is None or not now < polled.retry_at <= now + LONGEST_RETRY_AFTER:
        return None
    return polled.retry_at


def just_refreshed(polled: Polled, now: datetime) -> bool:
    """Whether a manual refresh is so recent that another one gets its answer."""
    return polled.manual_at is not None and timedelta(0) <= now - polled.manual_at < SAME_MANUAL


def stale_at(read_at: datetime, interval: timedelta) -> datetime:
    """When a reading becomes too old to be shown without its age."""
    return read_at + 2 * interval + timedelta(minutes=2)


def _wait(polled: Polled, interval: timedelta, *, adaptive: bool) -> timedelta:
    base = LEAST_WAIT if adaptive and _moving(polled, interval) else interval
    doubled: timedelta = base * 2 ** min(polled.failures, 10)
    return max(base, min(doubled, LONGEST_BACK_OFF))


def _moving(polled: Polled, interval: timedelta) -> bool:
    if polled.moved_at is None or polled.finished_at is None or interval > LONGEST_ADAPTIVE:
        return False
    return polled.finished_at - polled.moved_at < STILL_MOVING
