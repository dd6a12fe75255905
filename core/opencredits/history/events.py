"""What happened to an account beside spending, as far as its readings tell. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from ..money import plain
from ..spending import Counters, is_other_account
from .chain import chained

EventKind = Literal["top_up", "credits_fell", "usage_fell", "key_usage_fell", "other_account", "key_changed"]


@dataclass(frozen=True)
class Event:
    """Something that is no spending: when it was first read, its amount in dollars, and a sentence."""

    at: datetime
    kind: EventKind
    amount: Decimal | None
    sentence: str

    def to_json(self, zone: tzinfo) -> dict[str, str | None]:
        """Every key is always there; the time is that of the zone."""
        return {
            "at": self.at.astimezone(zone).isoformat(timespec="seconds"),
            "kind": self.kind,
            "amount": None if self.amount is None else plain(self.amount),
            "sentence": self.sentence,
        }


def events(histories: Sequence[Sequence[Counters]]) -> list[Event]:
    """What happened in the histories of an account's keys, in order of time."""
    runs = chained(histories)
    found = [_key_changed(run[0].at) for run in runs[1:]]
    found += [event for run in runs for event in _of_one_key(run)]
    return sorted(found, key=lambda event: event.at)


def _of_one_key(history: Sequence[Counters]) -> Iterator[Event]:
    for earlier, later in pairwise(each for each in history if each.knows_account):
        yield from _of_account(earlier, later)
    for earlier, later in pairwise(each for each in history if each.usage is not None):
        yield from _fall(earlier, later, "usage")


def _of_account(earlier: Counters, later: Counters) -> Iterator[Event]:
    if is_other_account(earlier, later):
        yield Event(later.at, "other_account", None, "Another account is read from here on.")
        return
    yield from _fall(earlier, later, "total_usage")
    if earlier.total_credits is None or later.total_credits is None:
        return
    bought = later.total_credits - earlier.total_credits
    if bought > 0:
        yield Event(later.at, "top_up", bought, "Credits were added.")
    elif bought < 0:
        text = "Credits were taken away: a refund, or they have expired."
        yield Event(later.at, "credits_fell", -bought, text)


def _fall(earlier: Counters, later: Counters, counter: str) -> Iterator[Event]:
    before, after = earlier.value(counter), later.value(counter)
    if before is None or after is None or after >= before:
        return
    kind: EventKind = "usage_fell" if counter == "total_usage" else "key_usage_fell"
    whose = "The account" if counter == "total_usage" else "The key"
    text = f"{whose}'s usage fell; spending counts on from there."
    yield Event(later.at, kind, before - after, text)


def _key_changed(at: datetime) -> Event:
    return Event(at, "key_changed", None, "Another key is read from here on.")
