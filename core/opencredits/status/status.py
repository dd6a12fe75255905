"""What a status bar shows for all accounts together. Pure.

The sentences of a status bar are made in `account_text.py` and `tooltip.py`, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..config import Settings
from ..moment import iso
from .account_status import AccountStatus, account_status
from .tooltip import bullets
from .view import Level, State, View

NO_ACCOUNT = "No account is enabled; see 'opencredits config show'."
_WORSE: tuple[Level, ...] = ("ok", "unknown", "low", "error", "critical")


@dataclass(frozen=True)
class Status:
    """What a status bar shows for all accounts together."""

    accounts: tuple[AccountStatus, ...]
    text: str
    short: str
    level: Level
    state: State
    stale: bool
    visible: bool
    read_at: datetime | None
    stale_at: datetime | None
    stale_text: str | None
    tooltip: str
    tooltip_text: str

    @classmethod
    def of(cls, views: Sequence[View], settings: Settings, now: datetime) -> Status:
        """Show these accounts; `now` is aware, and its zone is the one that clock times are shown in."""
        views = [view for view in views if not _needless(view, views)]
        if not views or not settings.show_in_status_bar:
            return _HIDDEN
        shown = tuple(account_status(view, settings, now) for view in views)
        worst = max(shown, key=lambda each: _WORSE.index(each.level))
        # One that is old already says so in its text, and must not make the others look old.
        ages = [each.stale_at for each in shown if each.stale_at and not each.stale]
        ages = ages or [each.stale_at for each in shown if each.stale_at]
        markdown, text = bullets([(each.label, each.lines) for each in shown])
        return cls(
            accounts=shown,
            text=" | ".join(each.text for each in shown),
            short=worst.short,
            level=worst.level,
            state=worst.state,
            stale=any(each.stale for each in shown),
            visible=True,
            read_at=min((each.read_at for each in shown if each.read_at), default=None),
            stale_at=min(ages, default=None),
            stale_text=" | ".join(each.stale_text or each.text for each in shown) if ages else None,
            tooltip=markdown,
            tooltip_text=text,
        )

    @property
    def has_reading(self) -> bool:
        """Whether a figure is shown of any account, be it an old one."""
        return any(each.has_reading for each in self.accounts)

    def to_json(self) -> dict[str, Any]:
        """The object of the bridge, of `opencredits status --json` and of `status.json`."""
        return {
            "text": self.text,
            "short": self.short,
            "level": self.level,
            "state": self.state,
            "stale": self.stale,
            "visible": self.visible,
            "stale_at": iso(self.stale_at) if self.stale_at else None,
            "stale_text": self.stale_text,
            "tooltip": self.tooltip,
            "tooltip_text": self.tooltip_text,
            "read_at": iso(self.read_at) if self.read_at else None,
            "accounts": [each.to_json() for each in self.accounts],
        }


_HIDDEN = Status((), "", "", "unknown", "hidden", False, False, None, None, None, "", "")


def _needless(view: View, views: Sequence[View]) -> bool:
    """Whether an account that nobody configured has no key while others are watched."""
    return view.account.implied and view.reading is None and view.has_no_key and len(views) > 1
