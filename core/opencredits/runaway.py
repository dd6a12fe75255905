"""Whether an agent loops: much faster than the account's own habit. Pure: time is an argument.

An account runs away when two polls in a row are faster than the 20 minutes before them by 6.75 times its
usual pace and by 2.5 times its own fastest jumps; of an account that nobody knows yet, by 5 times the floor.
It does so as well when it has gone nearly as fast as that for 20 minutes, and still goes on. It is back when
two polls in a row and the last 20 minutes are under half of that. See docs/runaway.md for how well that does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import inf
from typing import Literal

from .moment import from_unix
from .pace import Pace, Speed, speeds
from .spending import Point

LOOKS_BACK = timedelta(hours=2)
_COMPARED = timedelta(minutes=20)
"""What a speed is compared to lies so long before it: the first points only serve for that."""
_TOO_OLD = timedelta(minutes=20)
_TIMES_USUAL = 6.75
_TIMES_FASTEST = 2.5
_TIMES_FLOOR = 5.0
_SUSTAINED = 0.9
_BACK = 0.5
_CENT = Decimal("0.01")

State = Literal["on", "hold", "off"]


@dataclass(frozen=True)
class Finding:
    """What the last two hours say, in dollars per hour. "hold": nothing new, so it is as it was before."""

    state: State
    per_hour: Decimal
    usual_per_hour: Decimal | None
    """None: too little is known of the account."""
    since: datetime | None
    """When it was first found (UTC), in the last hundred minutes; None unless "on"."""


def runaway(points: Sequence[Point], pace: Pace | None, floor: Decimal, now: datetime) -> Finding:
    """What the points of the last two hours say, and the one before them.

    Nothing slower than `floor` dollars per hour is a runaway. It needs no memory: whoever looks at the same
    points finds the same. Where the newest point is older than 20 minutes nobody knows: "hold".
    """
    begin = (now - LOOKS_BACK + _COMPARED).timestamp()
    is_old = not points or now - points[-1].at > _TOO_OLD
    seen = [] if is_old else [speed for speed in speeds(points) if speed.at >= begin]
    limit = _limit(pace, float(floor))
    state: State = "hold"
    since = None
    for speed in seen:
        if _is_over(speed, limit, float(floor)):
            state, since = "on", since or from_unix(speed.at)
        elif max(speed.fast, speed.sustained) < _BACK * limit:
            state, since = "off", None
    return Finding(
        state,
        _dollars(max(seen[-1].fast, seen[-1].sustained) if seen else 0.0),
        _dollars(pace.usual) if pace else None,
        since,
    )


def learn_due(learned_at: datetime | None, history_since: datetime, now: datetime) -> bool:
    """Whether to learn anew: when an eighth of the history's span has passed, 5 minutes to 12 hours.

    A time of learning that lies ahead means that the clock was set back.
    """
    wait = min(max((now - history_since) / 8, timedelta(minutes=5)), timedelta(hours=12))
    return learned_at is None or not timedelta(0) <= now - learned_at < wait


def _limit(pace: Pace | None, floor: float) -> float:
    """From what jump on it is a runaway, in dollars per hour; infinite where there is nothing to go by."""
    if pace is None:
        return _TIMES_FLOOR * floor or inf
    if pace.fastest is None:
        return max(_TIMES_FLOOR * floor, _TIMES_USUAL * pace.usual)
    return max(floor, _TIMES_USUAL * pace.usual, _TIMES_FASTEST * pace.fastest)


def _is_over(speed: Speed, limit: float, floor: float) -> bool:
    goes_on = speed.fast >= _BACK * limit
    return speed.jump >= limit or (goes_on and speed.sustained >= max(_SUSTAINED * limit, floor))


def _dollars(per_hour: float) -> Decimal:
    return Decimal(per_hour).quantize(_CENT)
