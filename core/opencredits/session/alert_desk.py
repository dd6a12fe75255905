"""The alerts of one session: which it has to show, and what a person can do about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from ..alerts.snooze import until_tomorrow
from ..config import Config
from ..errors import NotOffered
from ..moment import show_clock
from ..store import Alert
from .details import REFRESH
from .session_config import SessionConfig

DETAILS = "details"
_PREFIX = "alert:"
_MOST_DIGITS = 18  # what SQLite takes


class AlertDesk:
    """Between the alerts that everybody shares and one editor."""

    def __init__(self, config: SessionConfig) -> None:
        self._config = config
        self._alerts = config.monitor.store.alerts
        self._next: datetime | None = None
        self._is_seen = False

    def follow(self, config: Config, now: datetime) -> None:
        """What the file no longer asks for is over, though nobody polls it any more."""
        if not config.faults:  # a slip of the pen may hide an account
            watched = {(each.name, each.base_url) for each in config.accounts.values() if each.enabled}
            self._alerts.end_all_but(watched, config.alerts.off, now)

    def look_again(self, now: datetime) -> None:
        """Something has changed in the store."""
        self._next = self._alerts.next_offer(now)

    def claim(self, now: datetime) -> Iterator[Mapping[str, object]]:
        """The params of `alert` for each that is this session's to show now.

        None in an editor that nobody has looked at yet: it may have no screen.
        """
        if not self._is_seen or self._next is None or now < self._next:
            return
        for alert in self._alerts.claim(now):
            yield {
                "id": f"{_PREFIX}{alert.id}",
                "kind": alert.kind,
                "level": alert.level,
                "title": alert.title,
                "message": alert.message,
                "actions": list(_actions(alert)),
            }
        self._next = self._alerts.next_offer(now)

    def shown(self, subject: str, now: datetime) -> None:
        """A person has seen it. Alerts that are not stored, such as that of the configuration, may be any."""
        alert = self.find(subject)
        if alert is not None:
            self._alerts.shown(alert.id, now)

    def focus(self, now: datetime) -> None:
        """The person is here."""
        self._is_seen = True
        self._alerts.focused(now)

    def close(self) -> None:
        """Let others show what was told here and not seen."""
        self._alerts.let_go()

    def find(self, subject: str) -> Alert | None:
        """The alert that `act` and `shown` call by this name."""
        id = subject.removeprefix(_PREFIX)
        is_number = id != subject and id.isdecimal() and len(id) <= _MOST_DIGITS
        return self._alerts.find(int(id)) if is_number else None

    def act(self, alert: Alert, action: str, now: datetime) -> dict[str, Any]:
        """Do one of its own actions; what there is to say. Raises NotOffered."""
        match action:
            case "open" if alert.url is not None:
                return {"url": alert.url}
            case "snooze_hour":
                return self._snooze(alert, now + timedelta(hours=1), now)
            case "snooze_tomorrow":
                return self._snooze(alert, until_tomorrow(now), now)
            case "switch_off":
                self._config.save(f"alerts.{alert.kind}", "off")
                again = f"'opencredits config set alerts.{alert.kind} on'"
                return {"message": f"There will be no more alerts of this kind. {again} brings them back."}
        raise NotOffered("That is not offered, or no longer.")

    def _snooze(self, alert: Alert, until: datetime, now: datetime) -> dict[str, Any]:
        self._alerts.snooze(alert.account, alert.kind, until)
        return {"message": f"Alerts of this kind are held back until {show_clock(until, now)}."}


def _actions(alert: Alert) -> Iterator[dict[str, str]]:
    titles = {
        DETAILS: "Details",
        "open": "Open OpenRouter" if alert.url is not None else "",
        "snooze_hour": "Snooze for an hour",
        "snooze_tomorrow": "Snooze until tomorrow",
        REFRESH: "Refresh",
        "switch_off": "No more of this kind",
    }
    return ({"id": id, "title": title} for id, title in titles.items() if title)
