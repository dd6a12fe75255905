"""What an account spends at which hour of the week, on average. Pure; dollars and hours are floats.

Monday's first hour is 0, Sunday's last is 167, on the clock on the wall.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache

WEEK = 168

# From what many hours have in common to what is particular: hour of the day, workday or weekend, week.
_ALIKE = (
    [hour % 24 for hour in range(WEEK)],
    [hour % 24 + 24 * (hour >= 5 * 24) for hour in range(WEEK)],
    list(range(WEEK)),
)
_DOUBT = 3.0  # so many hours have to be seen before they count as much as what was thought of them before


@lru_cache(maxsize=4096)  # each forecast asks for the same hours, and a system's zone is slow to tell
def hour_of_week(hour: int, zone: tzinfo) -> int:
    """In which hour of a local week an hour of UTC lies, counted from 1970; by its middle, if in two."""
    local = datetime.fromtimestamp((hour + 0.5) * 3600, zone)
    return 24 * local.weekday() + local.hour


def habit(seen: Iterable[tuple[int, float]]) -> list[float]:
    """Dollars for each hour of the week, out of hours of the week with the dollars that they took.

    Of an hour of the week that was rarely seen, its like are believed more than itself.
    """
    spent, times = [0.0] * WEEK, [0] * WEEK
    for hour, dollars in seen:
        spent[hour] += dollars
        times[hour] += 1
    expected = [sum(spent) / max(sum(times), 1)] * WEEK
    for alike in _ALIKE:
        expected = _corrected(expected, alike, spent, times)
    return expected


def _corrected(
    expected: Sequence[float], alike: Sequence[int], spent: Sequence[float], times: Sequence[int]
) -> list[float]:
    """What was expected of each hour, after a look at the hours that are like it."""
    dollars, seen = [0.0] * WEEK, [0] * WEEK
    for hour, kind in enumerate(alike):
        dollars[kind] += spent[hour]
        seen[kind] += times[hour]
    return [
        (dollars[kind] + _DOUBT * expected[hour]) / (seen[kind] + _DOUBT) for hour, kind in enumerate(alike)
    ]
