"""A thread of the application that runs what it is given, one after the other: for `set_timeout`."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from typing import Any, Callable

Callback = Callable[[], Any]


class Loop:
    """A queue of callbacks; those of an equal delay run in the order in which they were added."""

    def __init__(self, run: Callable[[Callback], None]) -> None:
        self.run_one = run
        self.thread: threading.Thread | None = None
        self._waiting: list[tuple[float, int, Callback]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._ended = False

    def add(self, callback: Callback, delay: float = 0) -> None:
        """Run this after so many milliseconds."""
        with self._changed:
            due = time.monotonic() + delay / 1000
            heapq.heappush(self._waiting, (due, next(self._numbers), callback))
            self._changed.notify()

    def run(self) -> None:
        """On the thread that calls this, until the end."""
        self.thread = threading.current_thread()
        while True:
            callback = self._next()
            if callback is None:
                return
            self.run_one(callback)

    def end(self) -> None:
        """Nothing more is run."""
        with self._changed:
            self._ended = True
            self._changed.notify()

    @property
    def waiting(self) -> list[Callback]:
        """What is still to come."""
        with self._changed:
            return [callback for _, _, callback in self._waiting]

    def _next(self) -> Callback | None:
        with self._changed:
            while not self._ended:
                pause = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if pause is not None and pause <= 0:
                    return heapq.heappop(self._waiting)[2]
                self._changed.wait(pause)
            return None
