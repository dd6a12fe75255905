"""Requests that a person makes: whatever the answer carries is shown."""

from __future__ import annotations

from functools import partial
from typing import Callable

from . import browser, choice, message
from .bridge import Json
from .session import Session
from .status import StatusBar

Done = Callable[[Json], None]


class Requests:
    """Sends them. Errors, messages and pages are shown, and what needs a yes is asked.

    `on_page` gets a page to read, as the details are.
    """

    def __init__(self, session: Session, status: StatusBar, on_page: Callable[[Json], None]) -> None:
        self._session = session
        self._status = status
        self._on_page = on_page

    def send(self, method: str, params: Json, done: Done | None = None) -> None:
        """`done` gets the result after it was done."""
        self._session.request(method, params, partial(self._take, method, params, done))

    def _take(self, method: str, params: Json, done: Done | None, error: Json | None, result: Json) -> None:
        if error:
            message.failure(error)
            return
        self._status.take(result.get("status"))
        if result.get("message"):
            message.info(result["message"])
        if result.get("page"):
            self._on_page(result["page"])
        if result.get("url"):
            browser.open_page(result["url"])
        question = result.get("confirm")
        if question:
            again = {**params, "confirm": question["token"]}
            choice.confirm(question["text"], lambda: self.send(method, again, done))
        elif done:
            done(result)
