"""The log: what went wrong in the processes that editors start, since they have no terminal to say it on."""

from __future__ import annotations

import os
import time

from . import paths
from .option import hide_keys

MOST_BYTES = 1024 * 1024


class Log:
    """Appends lines to a file, mode 0600. It may be shared by processes. Writing never raises."""

    def __init__(self, path: str | None, who: str) -> None:
        """`who` stands in every line. None: nothing is written."""
        self.path = path
        self.who = who

    def write(self, text: str) -> None:
        """One entry; what looks like a key is left out."""
        if self.path is None:
            return
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        entry = hide_keys(f"{at} {self.who}[{os.getpid()}] {text}\n")
        try:
            paths.make_private(os.path.dirname(self.path))
            fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(fd, entry.encode("utf-8", "backslashreplace"))
            finally:
                os.close(fd)
        except OSError:
            pass  # a full disk; there is nowhere left to say so

    def write_exception(self, text: str, exc: BaseException) -> None:
        """The same with the traceback."""
        import traceback

        self.write(f"{text}\n{''.join(traceback.format_exception(exc))}".rstrip())

    def rotate(self) -> None:
        """Rename a file that has grown too large, over the one before it. For one process at a time."""
        try:
            if self.path is not None and os.path.getsize(self.path) > MOST_BYTES:
                os.replace(self.path, f"{self.path}.1")
        except OSError:
            pass
