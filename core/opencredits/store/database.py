"""The open file: used from several threads, and mended, opened anew or replaced by memory when it fails."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from ..errors import StoreError
from . import file

T = TypeVar("T")

RETRY_AFTER_TROUBLE = 60.0  # seconds


class Database:
    """One process' connection to the shared file. Safe to use from several threads.

    Where the file cannot be used, it lives in memory, begins with what can be read, and says why in
    `trouble`.
    """

    def __init__(self, path: str | None) -> None:
        """Open the file at `path`, or one in memory when it is None. Never raises."""
        self.path = path
        self.trouble: StoreError | None = None
        self._lock = threading.RLock()
        self._inode = 0
        self._tried_at = 0.0
        # Kept while the file takes nothing: what this process has told is in it.
        self._memory: sqlite3.Connection | None = None
        self._db = self._opened()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def run(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """Do one thing in the file; when the file fails, mend it or go on in memory, and do it there."""
        with self._lock:
            if self._is_replaced():
                if self.trouble is None:
                    self._db.close()
                self._db = self._opened()
            try:
                return action(self._db)
            except sqlite3.Error as exc:
                if self.path is None or self.trouble is not None:
                    raise
                self._db.close()
                if file.is_broken(exc):
                    self._db = self._opened()
                else:
                    self.trouble, self._tried_at = file.unusable(self.path, exc), time.monotonic()
                    self._db = self._in_memory()
                return action(self._db)

    def change(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """Do several things in the file in one transaction that nobody else's can come between."""
        return self.run(lambda db: in_one(db, action))

    def version(self) -> tuple[int, int]:
        """Another one than before when another process has written, or the file has been replaced."""
        version = self.run(lambda db: db.execute("PRAGMA data_version").fetchone()[0])
        return version, self._inode

    def problems(self) -> list[str]:
        """What `PRAGMA quick_check` finds; empty when the file is sound."""
        rows = self.run(lambda db: db.execute("PRAGMA quick_check").fetchall())
        return [row[0] for row in rows if row[0] != "ok"]

    def schema_version(self) -> int:
        """How many migrations the file has seen."""
        return int(self.run(lambda db: db.execute("PRAGMA user_version").fetchone()[0]))

    def _opened(self) -> sqlite3.Connection:
        if self.path is None:
            return file.open_memory()
        self._tried_at = time.monotonic()
        try:
            db = file.open_file(self.path) if self._memory is None else file.open_again(self.path)
            self._inode = os.stat(self.path).st_ino
        except (StoreError, OSError) as exc:
            self.trouble = exc if isinstance(exc, StoreError) else file.unusable(self.path, exc)
            return self._in_memory()
        if self._memory is not None:
            self._memory.close()
        self.trouble = self._memory = None
        return db

    def _in_memory(self) -> sqlite3.Connection:
        if self._memory is None:
            self._memory = file.open_memory(self.path)
        return self._memory

    def _is_replaced(self) -> bool:
        """Whether to open the file anew: it is another one, or it could not be used a minute ago."""
        if self.path is None:
            return False
        if self.trouble is not None:
            return time.monotonic() - self._tried_at >= RETRY_AFTER_TROUBLE
        try:
            return os.stat(self.path).st_ino != self._inode
        except OSError:
            return True


def in_one(db: sqlite3.Connection, action: Callable[[sqlite3.Connection], T]) -> T:
    """Do it in one transaction, or not at all."""
    db.execute("BEGIN IMMEDIATE")
    try:
        done = action(db)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return done
