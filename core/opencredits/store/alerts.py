"""Alerts of all editors and terminals together: each is raised once, claimed by one, and shown by it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from ..moment import from_unix, iso
from .database import Database
from .lease import is_dead

if TYPE_CHECKING:
    from ..alerts import Finding

_OTHERS_WAIT = 5.0  # seconds until any session may show what the one with the focus has not taken
_PASSING = 3600.0  # seconds for which an event that is no lasting condition is worth telling
_KEPT = 400 * 86400.0

_OPEN = "shown_at IS NULL AND offer_at IS NOT NULL AND (claimed_by IS NULL OR claimed_by <> :me)"
_GRAVER = ("info", "warn", "error")


@dataclass(frozen=True)
class Alert:
    """An alert as it is stored; times are UTC."""

    id: int
    account: str
    kind: str
    step: str
    level: str
    title: str
    message: str
    url: str | None
    raised_at: datetime
    ended_at: datetime | None
    """When its condition was over; None: it still holds."""
    offer_at: datetime | None
    """From when it may be shown; later than `raised_at` when snoozed; None: something graver said it all."""
    shown_at: datetime | None

    def to_json(self) -> dict[str, Any]:
        """As `opencredits alerts --json` prints it and `on_alert` gets it; every key is always there."""
        facts = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: iso(fact) if isinstance(fact, datetime) else fact for name, fact in facts.items()}


@dataclass(frozen=True)
class Snooze:
    """Until when alerts are held back; None: those of all accounts, of all kinds."""

    account: str | None
    kind: str | None
    until: datetime


class Alerts:
    """The alerts in the shared file, as one process sees them."""

    def __init__(self, database: Database, holder: str) -> None:
        self._database = database
        self._me = holder

    def raise_new(
        self, account: str, base_url: str, found: Sequence[Finding], now: datetime, *, alone: bool = False
    ) -> list[Alert]:
        """Begin and end alerts by what was found; returns those that have begun and are not held back.

        Of those of one family that begin or last, the gravest alone is offered; with `alone` of all.
        """
        raising = _Raising(account, base_url, now.timestamp(), found, alone=alone)
        ids = self._database.change(raising.run)
        return [alert for alert in self._select(ids) if alert.offer_at == alert.raised_at]

    def claim(self, now: datetime) -> list[Alert]:
        """Those that are now for this process to show, and for nobody else while it lives."""
        return self._select(self._database.change(partial(_claim, self._me, now.timestamp())))

    def next_offer(self, now: datetime) -> datetime | None:
        """From when there is one to show that others may not show; None: there is none."""
        sql = f"SELECT min(offer_at) FROM alerts WHERE {_OPEN} AND (ended_at IS NULL OR ended_at > :now)"
        values = {"now": now.timestamp(), "me": self._me}
        found = self._database.run(lambda db: db.execute(sql, values).fetchone()[0])
        return None if found is None else from_unix(found)

    def shown(self, id: int, now: datetime) -> None:
        """A person has seen it."""
        sql = "UPDATE alerts SET shown_at = ? WHERE id = ? AND shown_at IS NULL"
        self._database.run(lambda db: db.execute(sql, (now.timestamp(), id)))

    def let_go(self) -> None:
        """Let others show what this process has claimed and not shown."""
        sql = "UPDATE alerts SET claimed_by = NULL WHERE claimed_by = ? AND shown_at IS NULL"
        self._database.run(lambda db: db.execute(sql, (self._me,)))

    def focused(self, now: datetime) -> None:
        """The person is here."""

        def change(db: sqlite3.Connection) -> None:
            for (holder,) in db.execute("SELECT holder FROM focus").fetchall():
                if is_dead(holder):
                    db.execute("DELETE FROM focus WHERE holder = ?", (holder,))
            db.execute("INSERT OR REPLACE INTO focus VALUES (?, ?)", (self._me, now.timestamp()))

        self._database.change(change)

    def find(self, id: int) -> Alert | None:
        """One of them."""
        return next(iter(self._select([id])), None)

    def newest(self, most: int) -> list[Alert]:
        """The last ones, newest first."""
        sql = "SELECT id FROM alerts ORDER BY raised_at DESC, id DESC LIMIT ?"
        return self._select(self._database.run(lambda db: _firsts(db.execute(sql, (most,)))))

    def snooze(self, account: str | None, kind: str | None, until: datetime) -> None:
        """Hold alerts back until then. One whose condition holds then is offered, shown before or not."""

        def change(db: sqlite3.Connection) -> None:
            values = {"account": account or "", "kind": kind or "", "until": until.timestamp()}
            db.execute("INSERT OR REPLACE INTO snoozes VALUES (:account, :kind, :until)", values)
            db.execute(
                "UPDATE alerts SET offer_at = :until, shown_at = NULL, claimed_by = NULL"
                " WHERE ended_at IS NULL AND offer_at IS NOT NULL"
                " AND :account IN ('', account) AND :kind IN ('', kind)",
                values,
            )

        self._database.change(change)

    def unsnooze(self, now: datetime) -> None:
        """Hold nothing back any more."""

        def change(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM snoozes")
            values = {"now": now.timestamp()}
            db.execute("UPDATE alerts SET offer_at = :now WHERE offer_at > :now", values)

        self._database.change(change)

    def snoozes(self, now: datetime) -> list[Snooze]:
        """Those that are not over."""
        sql = "SELECT account, kind, until FROM snoozes WHERE until > ? ORDER BY until"
        rows = self._database.run(lambda db: db.execute(sql, (now.timestamp(),)).fetchall())
        return [Snooze(account or None, kind or None, from_unix(until)) for account, kind, until in rows]

    def _select(self, ids: Sequence[int]) -> list[Alert]:
        columns = ", ".join(each.name for each in fields(Alert))
        sql = f"SELECT {columns} FROM alerts WHERE id = ?"
        rows = self._database.run(lambda db: [db.execute(sql, (id,)).fetchone() for id in ids])
        return [_alert(row) for row in rows if row is not None]


class _Raising:
    """What one poll's findings change: run in one transaction."""

    def __init__(
        self, account: str, base_url: str, now: float, found: Sequence[Finding], *, alone: bool
    ) -> None:
        self._of = {"account": account, "base_url": base_url}
        self._now = now
        self._found = found
        self._alone = alone

    def run(self, db: sqlite3.Connection) -> list[int]:
        """The ids of those that begin."""
        db.execute("DELETE FROM alerts WHERE ended_at < ?", (self._now - _KEPT,))
        lasting = self._end(db, self._lasting(db))
        begun = [each for each in self._found if each.state == "on" and _key(each) not in lasting]
        offered = self._offered(begun, lasting)
        return [self._insert(db, each, is_offered=each in offered) for each in begun]

    def _lasting(self, db: sqlite3.Connection) -> set[tuple[str, str]]:
        sql = (
            "SELECT kind, step FROM alerts"
            " WHERE account = :account AND base_url = :base_url AND ended_at IS NULL"
        )
        return {(kind, step) for kind, step in db.execute(sql, self._of)}

    def _end(self, db: sqlite3.Connection, lasting: set[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those that last on."""
        over = lasting & {_key(each) for each in self._found if each.state == "off"}
        for kind, step in over:
            db.execute(
                "UPDATE alerts SET ended_at = :now WHERE account = :account AND base_url = :base_url"
                " AND kind = :kind AND step = :step AND ended_at IS NULL",
                {**self._of, "kind": kind, "step": step, "now": self._now},
            )
        return lasting - over

    def _offered(self, begun: Sequence[Finding], lasting: set[tuple[str, str]]) -> Sequence[Finding]:
        standing = [*begun, *(each for each in self._found if _key(each) in lasting)]
        gravest = {each.family: each for each in sorted(standing, key=_gravity)}
        offered = [each for each in begun if gravest[each.family] is each]
        return sorted(offered, key=_gravity)[-1:] if self._alone else offered

    def _insert(self, db: sqlite3.Connection, found: Finding, *, is_offered: bool) -> int:
        sql = "SELECT max(until) FROM snoozes WHERE account IN ('', ?) AND kind IN ('', ?) AND until > ?"
        until = db.execute(sql, (self._of["account"], found.kind, self._now)).fetchone()[0]
        row = {
            **self._of,
            **{name: getattr(found, name) for name in ("kind", "step", "level", "title", "message", "url")},
            "raised_at": self._now,
            "ended_at": self._now + _PASSING if found.passing else None,
            "offer_at": (until or self._now) if is_offered else None,
        }
        names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
        cursor = db.execute(f"INSERT INTO alerts ({names}) VALUES ({places})", row)
        assert cursor.lastrowid is not None
        return cursor.lastrowid


def _claim(me: str, now: float, db: sqlite3.Connection) -> list[int]:
    sql = (
        f"SELECT id, offer_at, claimed_by FROM alerts WHERE {_OPEN} AND offer_at <= :now"
        " AND (ended_at IS NULL OR ended_at > :now) ORDER BY id"
    )
    is_here = _person_is_at(db) in (None, me)
    claimed = []
    for id, offer_at, claimed_by in db.execute(sql, {"me": me, "now": now}).fetchall():
        is_free = claimed_by is None or is_dead(claimed_by)
        if is_free and (is_here or now - offer_at >= _OTHERS_WAIT):
            db.execute("UPDATE alerts SET claimed_by = ? WHERE id = ?", (me, id))
            claimed.append(id)
    return claimed


def _person_is_at(db: sqlite3.Connection) -> str | None:
    """Where the focus was last, of those that are alive."""
    holders = _firsts(db.execute("SELECT holder FROM focus ORDER BY at DESC"))
    return next((holder for holder in holders if not is_dead(holder)), None)


def _gravity(found: Finding) -> tuple[int, int]:
    return _GRAVER.index(found.level), found.rank


def _key(found: Finding) -> tuple[str, str]:
    return found.kind, found.step


def _firsts(rows: Iterable[Sequence[Any]]) -> list[Any]:
    return [row[0] for row in rows]


def _alert(row: sqlite3.Row) -> Alert:
    times = ("raised_at", "ended_at", "offer_at", "shown_at")
    moments = {name: None if row[name] is None else from_unix(row[name]) for name in times}
    return Alert(**{**dict(row), **moments})
