"""The windows in which spend is counted: days, weeks from Monday and months, all in UTC."""

from datetime import date, timedelta

DAY = 86_400  # seconds
EPOCH = date(1970, 1, 1)
RESETS = ("daily", "weekly", "monthly")


def day_of(at: float) -> int:
    """The UTC day of a Unix time, counted from 1970-01-01."""
    return int(at // DAY)


def date_of(day: int) -> date:
    """The calendar date of such a day."""
    return EPOCH + timedelta(day)


def first_day(reset: str | None, at: float) -> int:
    """The day on which the window around a time began; without a reset it began with the account."""
    day = day_of(at)
    match reset:
        case "daily":
            return day
        case "weekly":
            return day - date_of(day).weekday()
        case "monthly":
            return day - date_of(day).day + 1
    return 0


def resets_at(reset: str | None, at: float) -> float | None:
    """When the window around a time ends, or None where it never does."""
    first = first_day(reset, at)
    match reset:
        case "daily":
            return float((first + 1) * DAY)
        case "weekly":
            return float((first + 7) * DAY)
        case "monthly":
            next_month = (date_of(first) + timedelta(32)).replace(day=1)
            return float((next_month - EPOCH).days * DAY)
    return None
