"""The statuses that every adapter is shown in its real editor: `golden/statuses.json`, made by the core.

Run as a program, this file writes them anew.
"""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from opencredits.config import AccountSettings, Settings
from opencredits.reading import Fault
from opencredits.spending import Counters
from opencredits.status import Status, View
from readings import NOW, OFFLINE, REFUSED, REJECTED, credits, free, funded, key, reading

GOLDEN = Path(__file__).parent / "golden" / "statuses.json"
THEN = NOW.replace(year=2099)  # not old whenever the tests run
NO_KEY = Fault("no_key", "no key", "No API key was found.", "Run 'opencredits login'.")
SPENDING = tuple(
    Counters(THEN - timedelta(minutes=60 - 30 * turn), None, None, Decimal(turn) / 4, None)
    for turn in range(3)
)
LABELS = {
    "percent": "62% of $50 %{oops} %#Error# %%",
    "quotes": 'it\'s "quoted" \\ `ticks` <b> {{x}}',
    "emoji": "\N{MONEY BAG} Übung 東京 \N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}",
    "long": "label " * 33 + "end",
}


def one(poll=None, *, label="OpenRouter", history=(), fault=None, settings=None):
    """The status of one account."""
    view = View(AccountSettings("default", label=label), poll, history, fault)
    return Status.of([view], settings or Settings(), THEN)


def funds(balance="25", **more):
    """A usual account."""
    return funded(balance, at=THEN, **more)


def statuses():
    """By name, in the order in which they are shown."""
    per_day = funds("900", usage="1.2", limit="2", limit_remaining="0.8", limit_reset="daily")
    refused = reading(key(usage_daily="1.24"), REFUSED, at=THEN)
    two = [
        View(AccountSettings("default", label="OpenRouter"), funds("25")),
        View(AccountSettings("work", label="work"), funds("0.40")),
    ]
    yield "starting", one()
    yield "no key", one(fault=NO_KEY)
    yield "ok", one(funds())
    yield "low", one(funds("4.20"))
    yield "critical", one(funds("0.31"))
    yield "overdrawn", one(funds("-0.08"))
    yield "invalid key", one(reading(REJECTED, at=THEN))
    yield "offline", one(reading(OFFLINE, OFFLINE, at=THEN))
    yield "stale", one(reading(OFFLINE, OFFLINE, at=THEN).after(funds("4.20")))
    yield (
        "burning",
        one(reading(key(usage="0.5", limit="9", limit_remaining="8.5"), REFUSED, at=THEN), history=SPENDING),
    )
    yield "key limit", one(per_day)
    yield "payg", one(refused)
    quota = key(usage="0", is_free_tier=True, free_model_daily_requests=free(48))
    yield "free", one(reading(quota, credits("0", "0"), at=THEN))
    yield "two accounts", Status.of(two, Settings(), THEN)
    yield "hidden", one(funds(), settings=Settings(show_in_status_bar=False))
    for name, label in LABELS.items():
        yield name, one(funds("4.20"), label=label)
    yield "visible again", one(funds())


def text():
    """The file."""
    found = [{"name": name, "status": status.to_json()} for name, status in statuses()]
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def test_the_file_is_what_the_core_makes():
    """`python tests/test_golden.py` brings it up to date."""
    assert GOLDEN.read_text(encoding="utf-8") == text()


def test_every_level_and_state_is_there():
    """So that an adapter is shown all there is."""
    found = [status for _, status in statuses()]
    assert {each.level for each in found} == {"ok", "low", "critical", "error", "unknown"}
    assert {each.visible for each in found} == {each.stale for each in found} == {True, False}


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(text(), encoding="utf-8")
