"""The conversation with one core: JSON-RPC, one message per line."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, Optional

from .process import Process
from .threads import on_main

Json = Dict[str, Any]
Answer = Callable[[Optional[Json], Json], None]  # the error, if it is one, and the result


class Bridge:
    """Starts a core and listens to it. It is used, and calls back, in the main thread alone.

    `on_refused` is told why there is no core, `on_crash` what one that ended by itself has said last.
    """

    def __init__(
        self,
        find: Callable[[], list[str]],
        on_notification: Callable[[str, Json], None],
        on_refused: Callable[[str], None],
        on_crash: Callable[[str], None],
    ) -> None:
        self._on_notification = on_notification
        self._waiting: dict[int, Answer] = {}
        self._last_id = 0
        self._is_open = True
        self._process = Process(
            find,
            on_line=self._hear,
            on_refused=lambda text: self._post(self._end, on_refused, text),
            on_exit=lambda words: self._post(self._end, on_crash, words),
        )

    def request(self, method: str, params: Json, answer: Answer) -> None:
        """Ask; the answer comes unless the bridge ends before."""
        self._last_id += 1
        self._waiting[self._last_id] = answer
        self._write({"id": self._last_id, "method": method, "params": params})

    def notify(self, method: str, params: Json) -> None:
        """Tell."""
        self._write({"method": method, "params": params})

    def take_waiting(self) -> list[Answer]:
        """Who waits for an answer; nobody does afterwards."""
        waiting = list(self._waiting.values())
        self._waiting.clear()
        return waiting

    def close(self) -> None:
        """End the core, and hear nothing of it any more."""
        if self._is_open:
            self._is_open = False
            self._process.stop()

    def _write(self, message: Json) -> None:
        line = json.dumps({"jsonrpc": "2.0", **message})
        self._process.write(line.encode() + b"\n")

    def _hear(self, line: bytes) -> None:
        try:
            message = json.loads(line.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return
        if isinstance(message, dict):
            self._post(self._receive, message)

    def _post(self, call: Callable[..., None], *arguments: Any) -> None:
        # A bridge that was closed is silent: the package may be unloaded by now.
        if self._is_open:
            on_main(call, *arguments)

    def _receive(self, message: Json) -> None:
        if not self._is_open:
            return
        if "method" in message:
            self._on_notification(message["method"], message.get("params") or {})
            return
        answer = self._waiting.pop(message.get("id", 0), None)
        if answer:
            answer(message.get("error"), message.get("result") or {})

    def _end(self, report: Callable[[str], None], text: str) -> None:
        if self._is_open:
            self._is_open = False
            report(text)
