"""A child process that is spoken to in lines.

It is started without a shell, inherits the environment as it is, and leads a session of its own, so that what
a terminal does to the editor does not reach it. It sees the end of its stdin when the editor is gone, however
that went.
"""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from functools import partial
from typing import IO, Callable

from .threads import in_background

KILL_AFTER = 2  # seconds from the end of its stdin
LAST_WORDS = 0.5  # seconds for what it wrote before its end; a child of it may hold the pipe open
LONGEST_WORDS = 400  # bytes


class NotStarted(Exception):
    """There is no process; the text says why, and what to do next."""


class Process:
    """One child. All that it calls, it calls from threads of its own.

    `find` says what to start, or raises NotStarted; `on_exit` gets the last line on stderr, or how it ended.
    """

    def __init__(
        self,
        find: Callable[[], list[str]],
        on_line: Callable[[bytes], None],
        on_refused: Callable[[str], None],
        on_exit: Callable[[str], None],
    ) -> None:
        self._find = find
        self._on_line = on_line
        self._on_refused = on_refused
        self._on_exit = on_exit
        self._child: subprocess.Popen[bytes] | None = None
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._words = b""
        self._is_wanted = True
        self._killer = threading.Timer(KILL_AFTER, self._kill)
        self._killer.daemon = True
        in_background(self._run)

    def write(self, line: bytes) -> None:
        """Send a line. One that has ended hears nothing; its end is reported by itself."""
        self._lines.put(line)

    def stop(self) -> None:
        """End it; to be called once."""
        self._is_wanted = False
        self._lines.put(None)
        self._killer.start()

    def _run(self) -> None:
        try:
            command = self._find()
            if not self._is_wanted:
                self._killer.cancel()
                return
            child = self._child = _start(command)
        except NotStarted as problem:
            self._on_refused(str(problem))
            return
        readers = [
            in_background(self._read, child.stdout),
            in_background(self._listen, child.stderr),
        ]
        in_background(self._write, child.stdin)
        status = child.wait()
        self._killer.cancel()
        self._lines.put(None)
        for reader in readers:
            reader.join(LAST_WORDS)
        words = self._words.decode("utf-8", "replace").strip()
        self._on_exit(words or (f"signal {-status}" if status < 0 else f"exit status {status}"))

    def _read(self, stdout: IO[bytes]) -> None:
        with stdout:
            for line in stdout:
                self._on_line(line)

    def _listen(self, stderr: IO[bytes]) -> None:
        with stderr:
            for line in iter(partial(stderr.readline, LONGEST_WORDS), b""):
                self._words = line if line.strip() else self._words

    def _write(self, stdin: IO[bytes]) -> None:
        try:
            with stdin:
                for line in iter(self._lines.get, None):
                    stdin.write(line)
                    stdin.flush()
        except OSError:
            pass  # it has ended, which is reported by itself

    def _kill(self) -> None:
        if self._child:
            self._child.kill()


def _start(argv: list[str]) -> subprocess.Popen[bytes]:
    pipe, no_window = subprocess.PIPE, subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
    try:
        return subprocess.Popen(
            argv, stdin=pipe, stdout=pipe, stderr=pipe, creationflags=no_window, start_new_session=True
        )
    except (OSError, ValueError) as problem:
        raise NotStarted(f"The core cannot be started: {problem}.") from problem
