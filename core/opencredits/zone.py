"""The system's time zone, with its past and coming changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo


class SystemZone(tzinfo):
    """Local time as the system has it.

    `datetime.astimezone()` alone gives the offset of that one moment, with which another day's midnight
    is wrong where the clocks have been changed in between.
    """

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """What is added to UTC at this time of the wall clock."""
        if moment is None:
            return None
        wall = moment.replace(tzinfo=None)
        return wall - datetime.fromtimestamp(wall.timestamp(), UTC).replace(tzinfo=None)

    def dst(self, moment: datetime | None) -> timedelta | None:  # noqa: ARG002
        """None: the system does not tell how much of it is daylight saving time."""
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        """Such as "CEST"."""
        return None if moment is None else moment.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, moment: datetime) -> datetime:
        """The wall clock at this moment of UTC; the second of two equal times is marked by its `fold`."""
        return datetime.fromtimestamp(moment.replace(tzinfo=UTC).timestamp()).replace(tzinfo=self)  # noqa: DTZ006


LOCAL = SystemZone()
