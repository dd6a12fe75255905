"""`status.json`: the newest status, for editors that start and for prompts that must not wait.

Reading it computes nothing and imports next to nothing: this is the fast path of the command line.
"""

from __future__ import annotations

import json
import os
import sys
import time

from . import paths

TYPE_CHECKING = False  # as type checkers understand it; importing typing would cost more than all the rest
if TYPE_CHECKING:
    from typing import TextIO

_WITH_READING = ("free", "balance", "limit", "payg")


class StoredLine:
    """What `status.json` has to show now; `errors` are the sentences of the accounts without a reading."""

    def __init__(self, text: str, *, has_reading: bool, errors: list[str]) -> None:
        self.text = text
        self.has_reading = has_reading
        self.errors = errors


def write(path: str, status: dict[str, object]) -> None:
    """Replace the file in one step. Raises OSError."""
    paths.write_private(path, json.dumps(status, indent=1) + "\n")


def read_line(path: str | None = None) -> StoredLine | None:
    """The stored line; None where there is none that can be shown."""
    try:
        with open(path or paths.default().status, encoding="utf-8") as file:
            status = json.load(file)
        text = status["text"]
        # Both are ISO 8601 in UTC to the second, so that they compare as text.
        if status["stale_at"] and status["stale_at"] <= time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()):
            text = status["stale_text"]
        accounts = status["accounts"]
        failed = [each["error"] for each in accounts if each["state"] not in _WITH_READING and each["error"]]
        if not isinstance(text, str) or not text:
            return None
        return StoredLine(
            text,
            has_reading=any(each["state"] in _WITH_READING for each in accounts),
            errors=[f"{error['message']} {error['action']}".strip() for error in failed],
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def print_line(stored: StoredLine) -> int:
    """Print a line that was read. Returns the exit status: 0 when it shows a reading, 1 otherwise."""
    write_out(stored.text, sys.stdout)
    for error in stored.errors:
        write_out(f"opencredits: {error}", sys.stderr)
    return 0 if stored.has_reading else 1


def write_out(line: str, stream: TextIO | None) -> None:
    """Print a line, whatever the stream can show; one that is closed or full is given up."""
    if stream is None:
        return
    try:
        print(line.encode(stream.encoding, "replace").decode(stream.encoding), file=stream, flush=True)
    except OSError:
        drop(stream)


def drop(stream: TextIO | None) -> None:
    """Let what is still to be written go nowhere, so that it does not fail once more at the end."""
    if stream is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
