"""Which thread does what: slow things have their own, all else happens in Sublime's main thread."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any, Callable

import sublime


def on_main(call: Callable[..., None], *arguments: Any) -> None:
    """Have it done in the main thread, soon and in order."""
    sublime.set_timeout(partial(call, *arguments), 0)


def in_background(work: Callable[..., None], *arguments: Any) -> threading.Thread:
    """Have it done in a thread of its own, which does not hold up the end of the editor."""
    thread = threading.Thread(target=work, args=arguments, name="opencredits", daemon=True)
    thread.start()
    return thread


class Timer:
    """One call in the main thread after a while. Sublime takes none back, so a cancelled one does nothing."""

    def __init__(self) -> None:
        self._call: Callable[[], None] | None = None
        self._round = 0

    @property
    def is_running(self) -> bool:
        """Whether a call waits."""
        return self._call is not None

    def start(self, milliseconds: int, call: Callable[[], None]) -> None:
        """Call then; a call that was waiting is dropped."""
        self._round += 1
        self._call = call
        sublime.set_timeout(partial(self._fire, self._round), milliseconds)

    def cancel(self) -> None:
        """Do not call."""
        self._call = None

    def _fire(self, of_round: int) -> None:
        call = self._call
        if call and of_round == self._round:
            self._call = None
            call()
