"""The program that `on_alert` names, really started."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from opencredits.monitor import on_alert
from opencredits.store import Alert
from waiting import wait_for

SECRET = "sk-or-v1-0123456789abcdef"
AT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
ALERT = Alert(
    7, "default", "low_balance", "", "warn", "OpenRouter: $4.20 left", "Buy \N{EURO SIGN}.",
    url=None, raised_at=AT, ended_at=None, offer_at=AT, shown_at=None,
)  # fmt: skip


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A program that reports what it was started with; gives its command, and what it reported."""
    monkeypatch.setenv("HOME", str(tmp_path))
    report = tmp_path / "report"
    source = tmp_path / "program.py"
    source.write_text(
        "import json, os, sys\n"
        "told = {'argv': sys.argv[1:], 'stdin': sys.stdin.buffer.read().decode(), 'cwd': os.getcwd(),\n"
        "        'environ': dict(os.environ), 'session': os.getsid(0) == os.getpid()}\n"
        f"open({str(report)!r} + '.draft', 'w').write(json.dumps(told))\n"
        f"os.rename({str(report)!r} + '.draft', {str(report)!r})\n"
    )
    return [sys.executable, str(source), "a b", "$HOME;"], lambda: json.loads(
        wait_for(lambda: report.exists() and report.read_text(), "the report")
    )


def test_it_gets_the_alert_as_json_and_its_arguments_as_they_are(program, tmp_path):
    """No shell reads them."""
    command, reported = program
    assert on_alert.start(command, ALERT, os.environ) is None
    told = reported()
    assert told["argv"] == ["a b", "$HOME;"]
    assert json.loads(told["stdin"]) == ALERT.to_json()
    assert json.loads(told["stdin"])["raised_at"] == "2026-11-20T20:00:00Z"
    assert Path(told["cwd"]) == tmp_path


def test_it_sees_the_desktop_and_nothing_else(program):
    """Not the keys of this process, nor what only looks harmless."""
    command, reported = program
    kept = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "XDG_RUNTIME_DIR": "/run/x", "DISPLAY": ":0"}
    hidden = {"OPENROUTER_API_KEY": SECRET, "AWS_SECRET": "x", "PYTHONPATH": "/x", "XDG_NOTE": SECRET}
    assert on_alert.start(command, ALERT, {**kept, **hidden}) is None
    known = set(reported()["environ"]) - {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"}  # Python's, and macOS' own
    assert known == set(kept)


@pytest.mark.skipif(sys.platform == "win32", reason="sessions are POSIX's")
def test_it_outlives_the_process_that_started_it(program):
    """An editor that ends takes its processes with it; this one is in a session of its own."""
    command, reported = program
    assert on_alert.start(command, ALERT, os.environ) is None
    assert reported()["session"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_nobody_waits_for_it(tmp_path):
    """It may take as long as it likes, and leaves no zombie behind."""
    pid = tmp_path / "pid"
    command = ["/bin/sh", "-c", f"echo $$ > {pid}.draft; mv {pid}.draft {pid}; exec sleep 600"]
    assert on_alert.start(command, ALERT, os.environ) is None
    number = int(wait_for(lambda: pid.exists() and pid.read_text(), "the program"))
    os.kill(number, signal.SIGKILL)
    wait_for(lambda: not exists(number), "its end")


def exists(pid):
    """Whether there is such a process, be it a zombie."""
    return subprocess.run(["ps", "-p", str(pid)], stdout=subprocess.DEVNULL, check=False).returncode == 0


@pytest.mark.parametrize(
    "command",
    [["no-such-program"], ["/"], ["a\0b"], ["~/nothing", "x"]],
    ids=["missing", "folder", "null", "home"],
)
def test_one_that_cannot_be_started_is_a_sentence(command):
    """For the log, without the arguments."""
    said = on_alert.start([*command, "secret argument"], ALERT, os.environ)
    assert said.startswith(f"on_alert names a program that cannot be started: {command[0]!r} (")
    assert "secret" not in said
