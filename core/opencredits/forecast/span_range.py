"""A range of time as people say it: outwards to whole units, as fine as it deserves. Pure."""

from __future__ import annotations

from datetime import timedelta
from math import ceil, floor
from typing import NamedTuple

_YEAR = 365  # days, from which on nobody has to know


class Count(NamedTuple):
    """So many whole units."""

    number: int
    unit: str

    def spelled(self) -> str:
        """Such as "3 hours"."""
        if self.unit == "year":
            return "over a year"
        return f"{self.number} {self.unit}" + ("" if self.number == 1 else "s")

    def short(self) -> str:
        """Such as "3h"."""
        return ">1y" if self.unit == "year" else f"{self.number}{self.unit[0]}"


def spell_range(low: timedelta, high: timedelta) -> str:
    """For a sentence: "about 3 to 7 hours", "about 40 minutes to 3 hours", "over a year"."""
    least, most = _counted(low, up=False), _counted(high, up=True)
    if least == most:
        return least.spelled() if least.unit == "year" else f"about {least.spelled()}"
    begin = str(least.number) if least.unit == most.unit else least.spelled()
    return f"about {begin} to {most.spelled()}"


def show_range(low: timedelta, high: timedelta) -> str:
    """For a status bar: "3h-7h", "40m-3h", "2d", ">1y"."""
    least, most = _counted(low, up=False).short(), _counted(high, up=True).short()
    return least if least == most else f"{least}-{most}"


def _counted(span: timedelta, *, up: bool) -> Count:
    """Minutes under two hours, by fives from ten on; hours under two days; days under a year."""
    whole = ceil if up else floor
    minutes = max(1, whole(span / timedelta(minutes=1)))
    if minutes >= 10:
        minutes = 5 * whole(minutes / 5)
    if minutes < 2 * 60 and minutes != 60:  # an hour is called one
        return Count(minutes, "minute")
    hours = whole(minutes / 60)
    if hours < 2 * 24:
        return Count(hours, "hour")
    days = whole(hours / 24)
    return Count(days, "day") if days < _YEAR else Count(1, "year")
