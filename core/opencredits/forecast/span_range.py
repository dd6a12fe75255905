"""A range of time as people say it: rounded outwards, as fine as it deserves. Pure."""

from __future__ import annotations

from datetime import timedelta
from math import ceil, floor
from typing import NamedTuple

_YEAR = 365  # days, from which on nobody has to know
_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}


class Count(NamedTuple):
    """So many of a unit: whole ones, or tenths at the lower end of a range."""

    number: float
    unit: str

    def spelled(self) -> str:
        """Such as "3 hours"."""
        if self.unit == "year":
            return "over a year"
        return f"{self.number:g} {self.unit}" + ("" if self.number == 1 else "s")

    def short(self) -> str:
        """Such as "3h"."""
        return ">1y" if self.unit == "year" else f"{self.number:g}{self.unit[0]}"


def spell_range(low: timedelta, high: timedelta) -> str:
    """For a sentence: "about 3 to 7 hours", "about 40 minutes to 3 hours", "over a year"."""
    least, most = _ends(low, high)
    if least == most:
        return least.spelled() if least.unit == "year" else f"about {least.spelled()}"
    begin = f"{least.number:g}" if least.unit == most.unit else least.spelled()
    return f"about {begin} to {most.spelled()}"


def show_range(low: timedelta, high: timedelta) -> str:
    """For a status bar: "3h-7h", "40m-3h", "2d", ">1y"."""
    least, most = (end.short() for end in _ends(low, high))
    return least if least == most else f"{least}-{most}"


def _ends(low: timedelta, high: timedelta) -> tuple[Count, Count]:
    """Both in the unit of the upper one, if the lower one is at least one of it: "1.5 to 16 hours"."""
    least, most = _counted(low, up=False), _counted(high, up=True)
    if least.unit != most.unit and most.unit in _MINUTES:
        tenths = 10 * least.number * _MINUTES[least.unit] // _MINUTES[most.unit]
        if tenths >= 10:
            least = Count(tenths / 10, most.unit)
    return least, most


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
