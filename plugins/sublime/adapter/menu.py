"""What can be configured: a tree that the core makes."""

from __future__ import annotations

from . import choice, prompt
from .bridge import Json
from .request import Requests


class Menu:
    """Goes down the tree, and sends what was chosen."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def open(self) -> None:
        """Show it as soon as the core has answered."""
        self._requests.send("menu", {}, lambda menu: self._show(menu["title"], menu["choices"]))

    def _show(self, title: str, choices: list[Json]) -> None:
        choice.ask(title, choices, self._take)

    def _take(self, chosen: Json) -> None:
        if chosen.get("choices") is not None:
            self._show(chosen["title"], chosen["choices"])
            return
        method, params, question = (
            chosen["request"]["method"],
            chosen["request"]["params"],
            chosen.get("prompt"),
        )
        if question:
            prompt.ask(question, lambda text: self._requests.send(method, {**params, question["into"]: text}))
        else:
            self._requests.send(method, params)
