"""Alerts of all editors and terminals together: each is raised once, claimed by one, and shown by it."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from ..moment import from_unix, iso
from .database import Database
from .lease import is_dead, lives
from .raising import Raising

if TYPE_CHECKING:
    from ..alerts import Finding

_OTHERS_WAIT = 5.0  # seconds until any session may show what the one with the focus has not taken
_CLAIM_LAPSES = 600.0  # seconds, where nobody can tell whether the process that has it still lives
_FOCUS_KEPT = 7 * 86400.0

# What was found long ago is not told; a key that was refused is not asked again.
_OPEN = (
    "shown_at IS NULL AND offer_at IS NOT NULL AND claimed_by IS NOT :me"
    " AND (ended_at IS NULL OR ended_at > :now) AND (held_until > :now OR kind = 'key_invalid')"
)


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
        self,
        asked: tuple[str, str, str],
        found: Sequence[Finding],
        now: datetime,
        *,
        holds: timedelta = timedelta(hours=1),
        alone: bool = False,
    ) -> list[Alert]:
        """Begin and end alerts by what was found; returns those that have begun and are not held back.

        `asked`: account, base URL and the key's fingerprint. What is found counts for as long as it `holds`;
        then other keys of the account may judge it, and it is told only when it was found again.
        Of those of one family that begin or last, the gravest alone is offered; with `alone` of all.
        """
        raising = Raising(asked, now.timestamp(), found, holds=holds.total_seconds(), alone=alone)
        ids = self._database.change(raising.run)
        return [alert for alert in self._select(ids) if alert.offer_at == alert.raised_at]

    def end_all_but(self, accounts: Container[tuple[str, str]], off: Container[str], now: datetime) -> None:
        """Those of other accounts (name and base URL), and of kinds that are switched off, are over."""
        sql = "SELECT id, account, base_url, kind FROM alerts WHERE ended_at IS NULL"
        rows = self._database.run(lambda db: db.execute(sql).fetchall())
        over = [
            (now.timestamp(), id)
            for id, account, base_url, kind in rows
            if kind in off or (account, base_url) not in accounts
        ]
        if over:
            end = "UPDATE alerts SET ended_at = ? WHERE id = ? AND ended_at IS NULL"
            self._database.change(lambda db: db.executemany(end, over))

    def claim(self, now: datetime) -> list[Alert]:
        """Those that are now for this process to show, and for nobody else while it lives."""
        free = partial(_free, self._me, now.timestamp())

        def change(db: sqlite3.Connection) -> list[int]:
            ids = free(db)
            values = [(self._me, now.timestamp(), id) for id in ids]
            db.executemany("UPDATE alerts SET claimed_by = ?, claimed_at = ? WHERE id = ?", values)
            return ids

        # This is asked every second; a lock is only taken when there is something to claim.
        return self._select(self._database.change(change) if self._database.run(free) else [])

    def next_offer(self, now: datetime) -> datetime | None:
        """From when there is one to show that others may not show; None: there is none."""
        sql = f"SELECT min(offer_at) FROM alerts WHERE {_OPEN}"
        values = {"now": now.timestamp(), "me": self._me}
        found = self._database.run(lambda db: db.execute(sql, values).fetchone()[0])
        return None if found is None else from_unix(found)

    def shown(self, id: int, now: datetime) -> None:
        """A person has seen what this process has claimed, and nobody has snoozed since."""
        sql = "UPDATE alerts SET shown_at = ? WHERE id = ? AND shown_at IS NULL AND claimed_by = ?"
        self._database.run(lambda db: db.execute(sql, (now.timestamp(), id, self._me)))

    def let_go(self) -> None:
        """Let others show what this process has claimed and not shown."""
        sql = "UPDATE alerts SET claimed_by = NULL WHERE claimed_by = ? AND shown_at IS NULL"
        self._database.run(lambda db: db.execute(sql, (self._me,)))

    def focused(self, now: datetime) -> None:
        """The person is here."""
        at = now.timestamp()

        def change(db: sqlite3.Connection) -> None:
            # One that lies ahead was told while the clock was.
            db.execute("DELETE FROM focus WHERE at NOT BETWEEN ? AND ?", (at - _FOCUS_KEPT, at))
            db.execute("INSERT OR REPLACE INTO focus VALUES (?, ?)", (self._me, at))

        newest = "SELECT holder FROM focus ORDER BY at DESC LIMIT 1"
        if self._me not in self._database.run(lambda db: _firsts(db.execute(newest))):  # others would notice
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
                "UPDATE alerts SET shown_at = NULL, claimed_by = NULL, offer_at ="
                " (SELECT max(until) FROM snoozes AS s WHERE s.account IN ('', alerts.account)"
                " AND s.kind IN ('', alerts.kind)) WHERE ended_at IS NULL AND offer_at IS NOT NULL"
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


def _free(me: str, now: float, db: sqlite3.Connection) -> list[int]:
    """The ids of those that this process may claim."""
    sql = f"SELECT id, offer_at, claimed_by, claimed_at FROM alerts WHERE {_OPEN} AND offer_at <= :now"
    rows = db.execute(f"{sql} ORDER BY id", {"me": me, "now": now}).fetchall()
    is_here = bool(rows) and _person_is_at(db) in (None, me)
    return [
        id
        for id, offer_at, claimed_by, claimed_at in rows
        if (is_here or now - offer_at >= _OTHERS_WAIT) and not _is_claimed(claimed_by, claimed_at, now)
    ]


def _is_claimed(claimed_by: str | None, claimed_at: float, now: float) -> bool:
    if claimed_by is None:
        return False
    alive = lives(claimed_by)
    return 0 <= now - claimed_at < _CLAIM_LAPSES if alive is None else alive


def _person_is_at(db: sqlite3.Connection) -> str | None:
    """Where the focus was last, of those that are alive."""
    holders = _firsts(db.execute("SELECT holder FROM focus ORDER BY at DESC"))
    return next((holder for holder in holders if not is_dead(holder)), None)


def _firsts(rows: Iterable[Sequence[Any]]) -> list[Any]:
    return [row[0] for row in rows]


def _alert(row: sqlite3.Row) -> Alert:
    times = ("raised_at", "ended_at", "offer_at", "shown_at")
    moments = {name: None if row[name] is None else from_unix(row[name]) for name in times}
    return Alert(**{**dict(row), **moments})
