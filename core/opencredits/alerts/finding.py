"""What was found about one crossing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["on", "hold", "off"]

CREDITS_PAGE = "https://openrouter.ai/settings/credits"
ACTIVITY_PAGE = "https://openrouter.ai/activity"
KEYS_PAGE = "https://openrouter.ai/settings/keys"


@dataclass(frozen=True)
class Finding:
    """Whether one crossing holds, and what a person is told when it begins."""

    kind: str
    """As in KINDS."""
    step: str
    """Which crossing of that kind; each (kind, step) is raised once. Its last word is how far it goes."""
    state: State
    """On and off begin and end it; between the two it stays as it was."""
    rank: int
    """How grave it is within its family."""
    level: Literal["info", "warn", "error"] = "info"
    title: str = ""
    """Short, with a figure: "OpenRouter: $0.92 left"."""
    message: str = ""
    """One or two sentences: what, how fast, what to do."""
    passing: bool = False
    """It is an event, not a condition that lasts."""
    url: str | None = None
    """Where a person can do something about it."""

    @property
    def family(self) -> str:
        """What belongs together: of several that begin at once the gravest alone is worth telling."""
        if self.kind.endswith("_balance"):
            return "balance"
        return " ".join((self.kind, *self.step.split()[:-1]))


def sentences(*parts: str) -> str:
    """One after the other; empty ones are left out."""
    return " ".join(part for part in parts if part)


def state(*, on: bool, off: bool) -> State:
    """Of a crossing that begins and ends by two thresholds."""
    return "on" if on else "off" if off else "hold"
