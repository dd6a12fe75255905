"""The tables, as a list of steps that is only ever appended to."""

from __future__ import annotations

import sqlite3

from ..errors import StoreTooNew

_FIRST = """
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  base_url TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  reading TEXT,
  success INTEGER,
  polls INTEGER NOT NULL DEFAULT 0,
  finished_at REAL,
  manual_at REAL,
  failures INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  moved_at REAL,
  handed INTEGER NOT NULL DEFAULT 0,
  retry_at REAL,
  jitter REAL NOT NULL DEFAULT 0,
  refused_at REAL,
  refused_key TEXT,
  poller TEXT,
  lease TEXT,
  lease_until REAL,
  hourly_until REAL,
  daily_until REAL,
  UNIQUE (account, base_url, fingerprint)
);
CREATE TABLE readings (
  id INTEGER PRIMARY KEY,
  series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
  read_at REAL NOT NULL,
  total_credits INTEGER,
  total_usage INTEGER,
  usage INTEGER,
  spend_usd INTEGER
);
CREATE INDEX readings_by_time ON readings (series_id, read_at);
"""

_ALERTS = """
ALTER TABLE series ADD COLUMN learned TEXT;
ALTER TABLE series ADD COLUMN learned_at REAL;
CREATE TABLE alerts (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  base_url TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  kind TEXT NOT NULL,
  step TEXT NOT NULL,
  level TEXT NOT NULL,
  title TEXT NOT NULL,
  message TEXT NOT NULL,
  url TEXT,
  raised_at REAL NOT NULL,
  ended_at REAL,
  held_until REAL NOT NULL,
  offer_at REAL,
  claimed_by TEXT,
  claimed_at REAL,
  shown_at REAL
);
CREATE INDEX lasting_alerts ON alerts (account, base_url) WHERE ended_at IS NULL;
CREATE INDEX alerts_to_show ON alerts (offer_at) WHERE shown_at IS NULL;
CREATE TABLE snoozes (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  until REAL NOT NULL,
  PRIMARY KEY (account, kind)
);
CREATE TABLE focus (
  holder TEXT PRIMARY KEY,
  at REAL NOT NULL
);
"""

MIGRATIONS = (_FIRST, _ALERTS)  # user_version counts how many have run


def is_current(db: sqlite3.Connection) -> bool:
    """Whether nothing has to be migrated. Raises StoreTooNew; writes nothing."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise StoreTooNew(
            f"The stored readings were written by a newer OpenCredits (schema {version}; "
            f"this one knows {len(MIGRATIONS)}).",
            action="Update this OpenCredits; until then it works without them, and leaves them alone.",
        )
    return bool(version == len(MIGRATIONS))


def migrate(db: sqlite3.Connection) -> None:
    """Run the steps that are missing, each in one transaction with its record."""
    while not is_current(db):
        db.execute("BEGIN IMMEDIATE")
        try:
            if not is_current(db):  # another process may have been faster
                version = db.execute("PRAGMA user_version").fetchone()[0]
                for statement in MIGRATIONS[version].split(";"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {version + 1}")
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
