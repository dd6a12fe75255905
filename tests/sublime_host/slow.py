"""Sees what the main thread does that may last: it is counted, not timed."""

from __future__ import annotations

import functools
import os
import socket
import subprocess
import sys
import threading
import time
from typing import Any, Callable

# Events of the interpreter itself (PEP 578).
_EVENTS = {
    "open",
    "os.listdir",
    "os.scandir",
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.fork",
    "os.posix_spawn",
    "subprocess.Popen",
    "socket.connect",
    "socket.getaddrinfo",
    "shutil.copyfile",
}
# What has no such event.
_CALLS = [
    (time, "sleep"),
    (os, "stat"),
    (os, "lstat"),
    (os, "access"),
    (os, "waitpid"),
    (threading.Thread, "join"),
    (threading.Condition, "wait"),
    (subprocess.Popen, "wait"),
    (socket.socket, "recv"),
]

HERE = os.path.dirname(os.path.abspath(__file__))


class Watch:
    """Records for the thread that made it, while `phase` says that code of a plugin runs."""

    def __init__(self) -> None:
        self.phase: str | None = None
        self.seen: list[dict[str, str]] = []
        self._main = threading.get_ident()
        sys.addaudithook(self._hear)
        for owner, name in _CALLS:
            setattr(owner, name, self._watched(getattr(owner, name), name))

    def _watched(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._record(name, args[:1])
            return function(*args, **kwargs)

        return watched

    def _hear(self, event: str, args: Any) -> None:
        if event in _EVENTS:
            self._record(event, args[:1])

    def _record(self, what: str, args: Any) -> None:
        if self.phase is None or threading.get_ident() != self._main:
            return
        frame = sys._getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith(("<frozen importlib", HERE)) or file.endswith("zipimport.py"):
                return  # an import, or the application's own work
            if file == threading.__file__ and frame.f_code.co_name == "start":
                return  # a thread that starts says so at once
            if "OpenCredits" in file:
                place = f"{os.path.basename(file)}:{frame.f_lineno}"
                self.seen.append({"phase": self.phase, "what": what, "of": repr(args)[:200], "at": place})
                return
            frame = frame.f_back
