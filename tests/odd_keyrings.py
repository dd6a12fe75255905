"""Keyring backends that a user might have chosen, loaded by the real keyring library in the real child.

`chosen(name, folder)` gives the environment that chooses one; `folder` holds what it stores and reports.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = os.path.dirname(os.path.abspath(__file__))
# What a Python child needs to start at all.
BASE = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
# Runs at the very start of every Python child.
COUNT_STARTS = "import os; open(os.path.join(os.environ['ODD_FOLDER'], 'starts'), 'a').write('.')"


def chosen(name: str, folder: Path) -> dict[str, str]:
    """An environment in which keyring uses the backend `name` of this module."""
    (folder / "sitecustomize.py").write_text(COUNT_STARTS)
    return {
        **BASE,
        "HOME": str(folder),
        "ODD_FOLDER": str(folder),
        "PYTHONPATH": os.pathsep.join([str(folder), HERE]),
        "PYTHON_KEYRING_BACKEND": f"odd_keyrings.{name}",
    }


def report(folder: Path, pids: str) -> str:
    """Python code that leaves process ids in `folder`, in one step."""
    ready = os.path.join(folder, "ready")
    return (
        f"open({ready + '.tmp'!r}, 'w').write(' '.join(map(str, [{pids}])));"
        f" os.replace({ready + '.tmp'!r}, {ready!r})"
    )


def reported(folder: Path) -> list[int]:
    """Those process ids, as soon as they are there."""
    for _ in range(3000):
        if (folder / "ready").exists():
            break
        time.sleep(0.01)
    return [int(pid) for pid in (folder / "ready").read_text().split()]


def gone(pid: int) -> bool:
    """Whether a process has ended, or does so soon; one that nobody has reaped yet counts as ended."""
    for _ in range(1000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


def starts(folder: Path) -> int:
    """How many children were started so far."""
    path = folder / "starts"
    return len(path.read_text()) if path.exists() else 0


if "ODD_FOLDER" in os.environ:
    from keyring.backend import KeyringBackend

    FOLDER = os.environ["ODD_FOLDER"]

    class Stored(KeyringBackend):
        """Keeps its entries in a file."""

        priority = 1

        def _entries(self):
            try:
                with open(os.path.join(FOLDER, "entries.json")) as file:
                    return json.load(file)
            except FileNotFoundError:
                return {}

        def _save(self, entries):
            with open(os.path.join(FOLDER, "entries.json"), "w") as file:
                json.dump(entries, file)

        def get_password(self, service, username):
            return self._entries().get(json.dumps([service, username]))

        def set_password(self, service, username, password):
            self._save(self._entries() | {json.dumps([service, username]): password})

        def delete_password(self, service, username):
            entries = self._entries()
            del entries[json.dumps([service, username])]
            self._save(entries)

    class Chatty(Stored):
        """Prints where the answer should be."""

        def get_password(self, service, username):
            print('{"outcome": "ok"}', flush=True)
            os.write(1, b"more\n")
            return super().get_password(service, username)

    class Waiting(Stored):
        """Reports its process in `ready` and goes on when there is a file `go`."""

        def get_password(self, service, username):
            _report(os.getpid())
            while not os.path.exists(os.path.join(FOLDER, "go")):
                time.sleep(0.01)
            return super().get_password(service, username)

    class Hanging(Stored):
        """Never answers, and has a child of its own that does not end either."""

        def get_password(self, service, username, password=None):
            sleeper = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
            _report(os.getpid(), sleeper.pid)
            time.sleep(600)

        set_password = delete_password = get_password

    class Late(Stored):
        """Answers, but after the time limit of the test."""

        def get_password(self, service, username):
            time.sleep(2)
            return "sk-or-v1-too-late"

    class Crashing(Stored):
        """Takes the whole process with it."""

        def get_password(self, service, username):
            os.abort()

    class Raising(Stored):
        """Raises an error that quotes what it was working on."""

        def set_password(self, service, username, password):
            raise ValueError(f"cannot store {password}")

        def get_password(self, service, username):
            raise ValueError("cannot decode sk-or-v1-canary-in-an-error")

    class Locked(Stored):
        """Says that it is locked, in keyring's own way."""

        def get_password(self, service, username):
            from keyring.errors import KeyringLocked

            raise KeyringLocked("locked")

    class Homeless(Stored):
        """Finds out at the last moment that there is nothing to work with."""

        def get_password(self, service, username):
            from keyring.errors import NoKeyringError

            raise NoKeyringError("none")

    def _report(*pids: int) -> None:
        draft = os.path.join(FOLDER, "ready.tmp")
        with open(draft, "w") as file:
            file.write(" ".join(map(str, pids)))
        os.replace(draft, os.path.join(FOLDER, "ready"))
