"""Which alerts begin and end by what was found after a poll."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..alerts import Finding

_PASSING = 3600.0  # seconds for which an event that is no lasting condition is worth telling
_DAY = 86400.0
_KEPT = 400 * _DAY
_JUDGED_BY_NOBODY = 7 * _DAY

_GRAVER = ("info", "warn", "error")
_TEXTS = ("level", "title", "message", "url")
_ACCOUNT = "account = :account AND base_url = :base_url"
# The limit and the last day of one key say nothing about another one.
_LASTING = (
    f"{_ACCOUNT} AND ended_at IS NULL"
    " AND (fingerprint = :fingerprint OR kind NOT IN ('key_limit', 'key_expiring'))"
)
_SAME = "kind = :kind AND step = :step"
# Two keys of one account may know different counters: what one has found is not over by the other's word.
_MINE = f"{_LASTING} AND {_SAME} AND (fingerprint = :fingerprint OR held_until <= :now)"


class Raising:
    """What one poll's findings change: run in one transaction."""

    def __init__(
        self,
        asked: tuple[str, str, str],
        now: float,
        found: Sequence[Finding],
        *,
        holds: float,
        alone: bool,
    ) -> None:
        """Times are in seconds; the rest is that of `Alerts.raise_new`."""
        self._of = dict(zip(("account", "base_url", "fingerprint"), asked, strict=True))
        self._now = now
        self._found = found
        self._holds = holds
        self._alone = alone

    def run(self, db: sqlite3.Connection) -> list[int]:
        """The ids of those that begin."""
        for each in self._found:
            if each.state == "off":
                self._update(db, each, "ended_at = :now")
        lasting = set(map(tuple, db.execute(f"SELECT kind, step FROM alerts WHERE {_LASTING}", self._of)))
        for each in self._found:
            if _key(each) in lasting:
                self._go_on(db, each)
        self._tidy(db)
        begun = [each for each in self._found if _key(each) not in lasting and self._begins(db, each)]
        offered = self._offered(begun, lasting)
        self._withdraw(db, {each.family for each in offered}, lasting)
        return [self._insert(db, each, is_offered=each in offered) for each in begun]

    def _go_on(self, db: sqlite3.Connection, found: Finding) -> None:
        self._update(db, found, "fingerprint = :fingerprint, held_until = :held_until")
        if found.state == "on":  # what is told later says how it is then
            texts = ", ".join(f"{name} = :{name}" for name in _TEXTS)
            self._update(db, found, texts, "AND shown_at IS NULL AND offer_at IS NOT NULL")

    def _tidy(self, db: sqlite3.Connection) -> None:
        """What nobody judges any more is over, as when the key was replaced or the account removed."""
        db.execute("DELETE FROM alerts WHERE ended_at < ?", (self._now - _KEPT,))
        db.execute(
            f"UPDATE alerts SET ended_at = :now WHERE ended_at IS NULL AND held_until < :long_ago"
            f" AND NOT ({_ACCOUNT} AND fingerprint = :fingerprint)",
            {**self._of, "now": self._now, "long_ago": self._now - _JUDGED_BY_NOBODY},
        )

    def _begins(self, db: sqlite3.Connection, found: Finding) -> bool:
        """An event is told by the first key that sees it."""
        if found.state != "on" or not found.passing:
            return found.state == "on"
        told = db.execute(f"SELECT id FROM alerts WHERE {_ACCOUNT} AND {_SAME}", self._values(found))
        return told.fetchone() is None

    def _offered(self, begun: Sequence[Finding], lasting: set[tuple[str, str]]) -> Sequence[Finding]:
        standing = [*begun, *(each for each in self._found if _key(each) in lasting)]
        gravest = {each.family: each for each in sorted(standing, key=_gravity)}
        offered = [each for each in begun if gravest[each.family] is each]
        return sorted(offered, key=_gravity)[-1:] if self._alone else offered

    def _withdraw(self, db: sqlite3.Connection, families: set[str], lasting: set[tuple[str, str]]) -> None:
        """What nobody has seen yet, and is told now by a graver one of its family."""
        for each in self._found:
            if _key(each) in lasting and each.family in families:
                self._update(db, each, "offer_at = NULL", "AND shown_at IS NULL")

    def _insert(self, db: sqlite3.Connection, found: Finding, *, is_offered: bool) -> int:
        sql = "SELECT max(until) FROM snoozes WHERE account IN ('', ?) AND kind IN ('', ?) AND until > ?"
        until = db.execute(sql, (self._of["account"], found.kind, self._now)).fetchone()[0]
        row = {
            **self._values(found),
            "ended_at": self._now + _PASSING if found.passing else None,
            "offer_at": (until or self._now) if is_offered else None,
        }
        row["raised_at"] = row.pop("now")
        names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
        cursor = db.execute(f"INSERT INTO alerts ({names}) VALUES ({places})", row)
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _update(self, db: sqlite3.Connection, found: Finding, change: str, where: str = "") -> None:
        db.execute(f"UPDATE alerts SET {change} WHERE {_MINE} {where}", self._values(found))

    def _values(self, found: Finding) -> dict[str, Any]:
        texts = {name: getattr(found, name) for name in ("kind", "step", *_TEXTS)}
        # Nobody asks with a refused key again: whichever key is accepted ends that.
        held_until = self._now + (0 if found.kind == "key_invalid" else self._holds)
        return {**self._of, **texts, "now": self._now, "held_until": held_until}


def _gravity(found: Finding) -> tuple[int, int]:
    return _GRAVER.index(found.level), found.rank


def _key(found: Finding) -> tuple[str, str]:
    return found.kind, found.step
