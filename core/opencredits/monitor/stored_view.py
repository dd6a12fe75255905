"""What is stored about one account, as it is shown."""

from __future__ import annotations

from datetime import timedelta

from ..config import AccountSettings, Settings
from ..history.bounds import QUARTER
from ..reading import Fault
from ..status import View
from ..store import Record, Store
from .learned import Habits, binding_counter, learned

_TWO_DAYS = timedelta(days=2)  # so that the day before today is in it, wherever that begins


def view_of(
    store: Store,
    account: AccountSettings,
    record: Record | None,
    settings: Settings,
    fault: Fault | None = None,
) -> View:
    """A reading with the history and the habits that go with it. `fault`: why nobody can be asked."""
    if record is None or record.reading is None:
        return View(account, fault=fault)
    series, until = record.series_id, record.reading.polled_at
    window = timedelta(minutes=settings.rate_window)
    habits = learned(store, series).get(binding_counter(account, record.reading), Habits())
    return View(
        account,
        record.reading,
        store.history(series, until - window, until),
        fault,
        profile=habits.profile,
        day=store.history(series, until - _TWO_DAYS, until, QUARTER),
    )
