"""`opencredits doctor`: what a support question would ask first."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

import click

from .. import __version__
from ..clock import utc_now
from ..config import AccountSettings
from ..errors import KeyringSilent
from ..moment import show_clock
from ..schedule import next_due
from ..store.file import broken_files
from ..store.lease import holder_of
from .app import App, pass_app

_LIBRARIES = ("httpx", "keyring", "platformdirs", "msgspec", "click", "rich", "tomlkit")
_MUCH_SKEW = timedelta(seconds=60)
_MARKS = {"ok": ("ok  ", "green"), "note": ("note", "yellow"), "fail": ("FAIL", "red")}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `fail`: something needs doing, and `action` says what."""

    name: str
    result: Literal["ok", "note", "fail"]
    detail: str
    action: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The checks as a JSON list.")
@pass_app
def doctor(app: App, as_json: bool) -> int:
    """Look at everything, and say what needs doing.

    Versions, configuration, keys and where they come from, the API, the clock, files and the store. Asks
    OpenRouter once, like 'opencredits refresh'. Exit status 1 if something needs doing.
    """
    checks = list(_all_checks(app))
    if as_json:
        click.echo(json.dumps([asdict(check) for check in checks], indent=2))
    else:
        for check in checks:
            _print(check)
    return 1 if any(check.result == "fail" for check in checks) else 0


def _all_checks(app: App) -> Iterator[Check]:
    yield from _versions()
    yield from _configuration(app)
    yield _keyring(app)
    refused = [error.sentence() for error in app.monitor.refresh()]
    now = utc_now()
    if not app.config.watched():
        yield Check("accounts", "fail", "No account is enabled.", "See 'opencredits config show'.")
    for account in app.config.watched():
        yield from _keys(app, account)
        yield from _api(app, account, now, refused)
    yield from _files(app)
    yield from _store(app, now)


def _versions() -> Iterator[Check]:
    from importlib.metadata import version

    # Not platform.platform(), which starts a program in our own environment, keys and all.
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    python = f"Python {platform.python_version()} ({sys.executable}), {system}"
    yield Check("version", "ok", f"opencredits {__version__}, {python}, SQLite {sqlite3.sqlite_version}")
    yield Check("libraries", "ok", ", ".join(f"{name} {version(name)}" for name in _LIBRARIES))


def _configuration(app: App) -> Iterator[Check]:
    where = app.paths.config
    if not app.config.faults:
        there = "is fine" if os.path.exists(where) else "does not exist; everything is at its default"
        yield Check("configuration", "ok", f"{where} {there}")
    for fault in app.config.faults:
        yield Check("configuration", "fail", fault, "Mend it there, or with 'opencredits config set'.")


def _files(app: App) -> Iterator[Check]:
    for folder in (app.paths.config_dir, app.paths.state_dir):
        yield _mode(folder, 0o700)
    for file in (app.paths.config, app.paths.status, app.paths.database, app.paths.log):
        if os.path.exists(file):
            yield _mode(file, 0o600)


def _mode(path: str, wanted: int) -> Check:
    try:
        mode = stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        return Check("path", "ok", f"{path} does not exist yet")
    except OSError as exc:
        return Check("path", "fail", f"{path} cannot be looked at ({exc.strerror})", "Check its permissions.")
    if stat.S_ISDIR(os.stat(path).st_mode) is not (wanted == 0o700):
        return Check("path", "fail", f"{path} stands where something else belongs", "Move it away.")
    if os.name == "posix" and mode & ~wanted:
        return Check(
            "path", "note", f"{path} has mode {mode:04o}", f"Others can read it: chmod {wanted:o} {path}"
        )
    return Check("path", "ok", f"{path} has mode {mode:04o}" if os.name == "posix" else path)


def _keyring(app: App) -> Check:
    try:
        return Check("keyring", "ok", app.finder.keyring.describe())
    except KeyringSilent as exc:
        return Check("keyring", "note", str(exc), exc.action)


def _keys(app: App, account: AccountSettings) -> Iterator[Check]:
    keys = app.monitor.keys(account)
    name = f"key of '{account.name}'"
    for key in (keys.ordinary, keys.management):
        if key is not None:
            yield Check(name, "ok", f"{key.kind} key from {key.origin}, found in {key.took * 1000:.0f} ms")
    if keys.fault is not None:
        yield Check(name, "fail", keys.fault.message, keys.fault.action)
    for note in keys.notes:
        yield Check(name, "note", note.message, note.action)


def _api(app: App, account: AccountSettings, now: datetime, refused: list[str]) -> Iterator[Check]:
    record = app.monitor.record(account)
    reading = record.reading if record else None
    name = f"API for '{account.name}'"
    error = app.monitor.account_status(account).error
    for sentence in refused:
        yield Check(name, "note", sentence)
    if error is not None and error != app.monitor.keys(account).fault:
        yield Check(name, "fail", error.message, error.action)
    if reading is None:
        yield Check(name, "note", f"{account.base_url} was not asked")
        return
    if reading.succeeded:
        yield Check(
            name, "ok", f"{account.base_url} answered at {show_clock(reading.polled_at, now.astimezone())}"
        )
    for fault in (reading.key.fault, reading.credits.fault):
        if fault is not None and fault != error:
            yield Check(name, "note", fault.message, fault.action)
    if reading.server_time is not None:
        yield _clock(reading.server_time - reading.polled_at)


def _clock(skew: timedelta) -> Check:
    seconds = round(skew.total_seconds())
    detail = f"the server's clock differs by {seconds:+d} s"
    if abs(skew) > _MUCH_SKEW:
        return Check("clock", "fail", detail, "Set this machine's clock; ages and due times depend on it.")
    return Check("clock", "ok", detail)


def _store(app: App, now: datetime) -> Iterator[Check]:
    store, where = app.store, app.paths.database
    if store.trouble is not None:
        yield Check("store", "fail", str(store.trouble), store.trouble.action)
    else:
        problems = store.problems()
        detail = "; ".join(problems) or f"{where} is sound (schema {store.schema_version()})"
        yield Check("store", "fail" if problems else "ok", detail, "Move it away." if problems else "")
    for path in broken_files(where):
        yield Check("store", "note", f"{path} was broken and set aside", "Delete it when you do not miss it.")
    for account in app.config.watched():
        yield from _schedule(app, account, now)


def _schedule(app: App, account: AccountSettings, now: datetime) -> Iterator[Check]:
    record, settings = app.monitor.record(account), app.config.settings
    if record is None:
        return
    if record.is_leased(now):
        yield Check("lease", "note", f"'{account.name}' is being asked by {holder_of(record.lease or '')}")
    due = next_due(record.polled, settings.update_interval, adaptive=settings.adaptive, now=now)
    when = f"at {show_clock(due, now.astimezone())}" if due else "when the key changes, or by hand"
    failed = record.polled.failures
    after = f", after {failed} failure{'s' if failed > 1 else ''}" if failed else ""
    yield Check("schedule", "ok", f"'{account.name}' is asked next {when}{after}")


def _print(check: Check) -> None:
    mark, colour = _MARKS[check.result]
    click.echo(f"{click.style(mark, fg=colour)}  {check.name}: {check.detail}")
    if check.action:
        click.echo(f"      {check.action}")
