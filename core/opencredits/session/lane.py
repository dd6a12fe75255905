"""A thread that does one thing after the other, so that nobody has to wait for it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from ..errors import Busy

MOST_WAITING = 100


class Lane:
    """Does what it is given, in order. The thread starts with the first thing, and ends with the process.

    What is given must not raise.
    """

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy = False

    def __len__(self) -> int:
        """How much is not done yet."""
        with self._changed:
            return len(self._waiting) + self._busy

    def put(self, action: Callable[[], None]) -> None:
        """Do this when all before it is done. Raises Busy when there is too much of that."""
        with self._changed:
            if len(self._waiting) + self._busy >= MOST_WAITING:
                raise Busy(f"{MOST_WAITING} requests are waiting already.")
            self._waiting.append(action)
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                while not self._waiting:
                    self._changed.wait()
                action = self._waiting.popleft()
                self._busy = True
            action()
