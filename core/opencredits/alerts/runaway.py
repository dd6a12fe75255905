"""Runaway: money goes much faster than it usually does, as `opencredits.runaway` finds it."""

from __future__ import annotations

from collections.abc import Iterator

from ..moment import show_clock
from ..money import show_spent
from ..runaway import Finding as Runaway
from .facts import Facts
from .finding import ACTIVITY_PAGE, Finding, sentences

_ADVICE = "An agent may be looping: look at what runs."


def findings(facts: Facts) -> Iterator[Finding]:
    """What was found, with what a person is told about it."""
    found = facts.runaway
    if found is None or not facts.reading.succeeded:
        return
    title, message = _texts(facts, found) if found.state == "on" else ("", "")
    yield Finding("runaway", "", found.state, 1, "error", title, message, url=ACTIVITY_PAGE)


def _texts(facts: Facts, found: Runaway) -> tuple[str, str]:
    rate, usual = f"{show_spent(found.per_hour)}/hr", found.usual_per_hour
    times = int(found.per_hour / usual) if usual else 0
    title = f"{rate} is being spent" + (f", {times} times the usual" if times > 1 else "")
    began = f"It began at {show_clock(found.since, facts.now)}." if found.since else ""
    beside = f"Usual is {show_spent(usual)}/hr." if usual else ""
    lasts = f"What is left lasts {facts.forecast.spelled()}." if facts.forecast else ""
    return facts.title(title), sentences(began, beside, lasts, _ADVICE)
