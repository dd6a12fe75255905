"""What an account's history has taught, kept with it so that nobody has to learn it again for a while."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..config import AccountSettings
from ..forecast import Profile
from ..history.bounds import QUARTER
from ..pace import LEARNS_OF, Pace
from ..reading import Reading
from ..runaway import learn_due
from ..spending import points
from ..store import Store
from ..zone import LOCAL

_PROFILE_OF = timedelta(weeks=8)


@dataclass(frozen=True)
class Habits:
    """Of one counter of usage; None where there is too little history."""

    pace: Pace | None = None
    """How fast it usually goes: a runaway is judged by it."""
    profile: Profile | None = None
    """What is usual at which hour of the week: forecasts go by it."""


def learned(store: Store, series_id: int) -> Mapping[str, Habits]:
    """By counter; empty where nothing was learned yet, or nothing that this version can read."""
    kept = store.learned(series_id)
    return {} if kept is None else _of_text(kept[0])


def learn_if_due(
    store: Store, series_id: int, counters: Iterable[str], now: datetime
) -> Mapping[str, Habits]:
    """The same, learned anew where that is due or a counter is missing."""
    kept = store.learned(series_id)
    known = {} if kept is None else _of_text(kept[0])
    begin = store.begins(series_id)
    if begin is None:
        return known
    if known.keys() >= set(counters) and not learn_due(kept and kept[1], begin, now):
        return known
    recent = store.history(series_id, now - LEARNS_OF, now)
    long = store.history(series_id, now - _PROFILE_OF, now, QUARTER)
    known = {
        counter: Habits(
            Pace.learned(points(recent, counter), now), Profile.learned(points(long, counter), LOCAL, now)
        )
        for counter in counters
    }
    store.keep_learned(series_id, _to_text(known), now)
    return known


def binding_counter(account: AccountSettings, reading: Reading) -> str:
    """The counter of what runs out first; without such, that of the key."""
    spendable = reading.spendable(billed_by_invoice=account.billed_by_invoice)
    return spendable.counter if spendable else "usage"


def _to_text(known: Mapping[str, Habits]) -> str:
    return json.dumps(
        {
            counter: {
                "pace": habits.pace and habits.pace.to_json(),
                "profile": habits.profile and habits.profile.to_json(),
            }
            for counter, habits in known.items()
        }
    )


def _of_text(text: str) -> dict[str, Habits]:
    try:
        table = json.loads(text)
        return {
            counter: Habits(Pace.of_json(each["pace"]), Profile.of_json(each["profile"]))
            for counter, each in table.items()
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}
