"""Opening the file: private, shared by processes, and mended when it is broken."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from .. import paths
from ..errors import StoreTooNew, StoreUnusable
from . import schema

BUSY_TIMEOUT = 5.0
BROKEN = ".broken-"

_SIDE_FILES = ("", "-wal", "-shm", "-journal")
_BROKEN_CODES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_broken(error: sqlite3.Error) -> bool:
    """Whether the file itself is damaged, and not just out of reach."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _BROKEN_CODES


def open_file(path: str) -> sqlite3.Connection:
    """Open the file, make it when it is missing, set it aside when it is broken, and bring it up to date.

    Raises StoreUnusable, StoreTooNew.
    """
    with _translated(path):
        try:
            return _open(path)
        except sqlite3.DatabaseError as exc:
            if not is_broken(exc):
                raise
        set_aside(path)
        return _open(path)


def open_again(path: str) -> sqlite3.Connection:
    """The same for a file that could not be used: one on a full disk opens well, but takes nothing."""
    db = open_file(path)
    with _translated(path):
        try:
            db.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS)}")
        except BaseException:
            db.close()
            raise
    return db


def open_memory(path: str | None = None) -> sqlite3.Connection:
    """A store of this process alone, beginning with what a readable file at `path` holds."""
    db = _connect(":memory:")
    # "immutable" reads a file in a folder that cannot be written, without what its log holds besides.
    address = f"file:{_quote(path)}" if path is not None and os.path.exists(path) else None
    for how in ("mode=ro", "immutable=1") if address else ():
        try:
            with closing(_connect(f"{address}?{how}", uri=True)) as source:
                if schema.is_current(source):
                    source.backup(db)
            break
        except (sqlite3.Error, StoreTooNew):
            db.close()
            db = _connect(":memory:")
    schema.migrate(db)
    return db


def set_aside(path: str) -> None:
    """Rename a broken file, unless another process has already done so. Raises OSError, sqlite3.Error."""
    with closing(sqlite3.connect(f"{path}.lock", timeout=BUSY_TIMEOUT, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")  # a lock file on every platform; gone with its process
        if _still_broken(path):
            aside = f"{path}{BROKEN}{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
            for suffix in _SIDE_FILES:
                if os.path.exists(path + suffix):
                    os.replace(path + suffix, aside + suffix)


def broken_files(path: str) -> list[str]:
    """Files that were set aside, oldest first."""
    folder, name = os.path.split(path)
    try:
        found = sorted(each for each in os.listdir(folder) if each.startswith(name + BROKEN))
    except OSError:
        return []
    return [os.path.join(folder, each) for each in found if not each.endswith(_SIDE_FILES[1:])]


@contextmanager
def _translated(path: str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as exc:
        raise unusable(path, exc) from exc


def unusable(path: str, exc: Exception) -> StoreUnusable:
    """The error for a file that cannot be read or written."""
    if (getattr(exc, "sqlite_errorcode", 0) & 0xFF) in _BUSY_CODES:
        return StoreUnusable(
            f"The stored readings in {path} are locked by another program.",
            action="Close whatever holds them; they are tried again by themselves.",
        )
    why = getattr(exc, "strerror", None) or str(exc)
    return StoreUnusable(
        f"The stored readings in {path} cannot be used ({why}).",
        action="Check the permissions of the folder, and the space that is left there.",
    )


def _open(path: str) -> sqlite3.Connection:
    paths.make_private(os.path.dirname(path))
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # private before SQLite writes to it
    db = _connect(path)
    try:
        if not schema.is_current(db):
            _use_wal(db)
            schema.migrate(db)
        return db
    except BaseException:
        db.close()
        raise


def _connect(path: str, *, uri: bool = False) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False, uri=uri)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _use_wal(db: sqlite3.Connection) -> None:
    """Switch to a write-ahead log; where that does not work (network folders) the journal stays as it is.

    The switch does not wait for other processes that switch too, whatever the busy timeout says.
    """
    until = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as exc:
            if (exc.sqlite_errorcode & 0xFF) not in _BUSY_CODES or time.monotonic() > until:
                return
        time.sleep(0.02)


def _still_broken(path: str) -> bool:
    try:
        with closing(_connect(path)) as db:
            db.execute("PRAGMA quick_check(1)").fetchall()
            db.execute("SELECT count(*) FROM sqlite_master").fetchall()
    except sqlite3.DatabaseError as exc:
        return is_broken(exc)
    return False


def _quote(path: str) -> str:
    from urllib.parse import quote

    return quote(os.path.abspath(path))
