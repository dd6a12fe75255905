"""How spending and events read as text. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from ..history import Bucket, History
from ..history.bounds import By, wall_clock
from ..history.events import Event
from ..history.windows import Window
from ..moment import show_clock
from ..money import CENT, show_spent

MEANINGS = {
    "+": "known for a part of that time only",
    "~": "not read in that time: an even share of what was spent between two readings",
    "=": "only daily readings are kept of this time",
    "'": "spent by this key alone, because what all keys spent is not known",
}
_LABELS = {"hour": "%Y-%m-%d %H:%M", "day": "%Y-%m-%d %a", "week": "%Y-%m-%d week %V", "month": "%Y-%m"}
_NEARLY_ALL = 0.95


def label(bucket: Bucket, by: By, zone: tzinfo) -> str:
    """When it begins. Of two hours with one name each has its offset: "2026-10-25 02:00 +0100"."""
    local = wall_clock(bucket.begin, zone)
    text = local.strftime(_LABELS[by])
    is_double = by == "hour" and local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{text} {local:%z}" if is_double else text


def amount(spent: Decimal | None) -> str:
    """To the cent; "-" is not known."""
    if spent is None:
        return "-"
    return "<$0.01" if 0 < spent <= CENT / 2 else show_spent(spent)


def marks(buckets: Sequence[Bucket], until: datetime | None) -> list[str]:
    """What there is to know about each figure, one sign of `MEANINGS` for it; readings end at `until`."""
    is_mixed = len({bucket.counter for bucket in buckets if bucket.counter}) > 1
    return [
        "".join(
            mark
            for mark, is_so in (
                ("+", bucket.spent is not None and _is_part(bucket, until or bucket.end)),
                ("~", bucket.interpolated and not bucket.thinned),
                ("=", bucket.thinned),
                ("'", is_mixed and bucket.counter == "usage"),
            )
            if is_so
        )
        for bucket in buckets
    ]


def heading(whole: Bucket, history: History, now: datetime) -> str:
    """Whose spending it is, since when, all of it, and how old that is. `now` is in the zone."""
    whose = "all keys" if whole.counter == "total_usage" else "this key"
    since = max(whole.begin, history.begin or whole.begin).astimezone(now.tzinfo)
    spent = f"Spent by {whose} since {since:%Y-%m-%d %H:%M}: {amount(whole.spent)}"
    return spent if history.end is None else f"{spent} (read at {show_clock(history.end, now)})"


def bucket_lines(buckets: Sequence[Bucket], history: History, by: By, zone: tzinfo) -> Iterator[str]:
    """When, how much, and what there is to know about it."""
    notes = ("; ".join(MEANINGS[mark] for mark in each) for each in marks(buckets, history.end))
    return columns(
        [(label(each, by, zone), amount(each.spent), note) for each, note in zip(buckets, notes, strict=True)]
    )


def event_lines(events: Sequence[Event], zone: tzinfo) -> Iterator[str]:
    """When it was first read, how much, and what it was."""
    return columns(
        [
            (f"{each.at.astimezone(zone):%Y-%m-%d %H:%M}", amount(each.amount), each.sentence)
            for each in events
        ]
    )


def window_lines(windows: Sequence[Window], history: History, now: datetime, zone: tzinfo) -> Iterator[str]:
    """How much and since when, and below it what OpenRouter says where its own window differs."""
    rows = []
    for each, mark in zip(windows, marks([each.ours for each in windows], history.end), strict=True):
        rows.append(
            (each.name, amount(each.ours.spent), _since(each.ours, mark, history, now.astimezone(zone)))
        )
        if each.theirs is not None:
            whose = ", this key alone" if each.ours.counter == "total_usage" else ""
            rows.append(("", amount(each.theirs), f"OpenRouter's UTC {each.by}{whose}"))
    return columns(rows)


def columns(rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Lines of three columns; the second one is of numbers."""
    left, right = (max((len(row[place]) for row in rows), default=0) for place in (0, 1))
    for first, number, last in rows:
        yield f"{first:<{left}}  {number:>{right}}  {last}".rstrip()


def _since(bucket: Bucket, mark: str, history: History, now: datetime) -> str:
    where = "UTC" if now.tzinfo is UTC else "here"
    since = f"since {show_clock(bucket.begin, now)} {where}"
    if history.begin is not None and history.begin > bucket.begin:
        since, mark = (
            f"since {show_clock(history.begin, now)}, when the readings begin",
            mark.replace("+", ""),
        )
    return "; ".join([since, *(MEANINGS[each] for each in mark)])


def _is_part(bucket: Bucket, until: datetime) -> bool:
    return bucket.known < _NEARLY_ALL * (min(bucket.end, until) - bucket.begin)
