"""What is asked before something is done that cannot be undone."""

from __future__ import annotations

import os
from typing import Any

from ..errors import NotOffered


class Confirmation:
    """The last question of one session, as long as nobody has answered it."""

    def __init__(self) -> None:
        self._asked: tuple[str, str, str] | None = None

    def ask(self, subject: str, action: str, question: str) -> dict[str, Any]:
        """What `act` answers: the question, and the token that says yes to it."""
        token = os.urandom(6).hex()
        self._asked = (subject, action, token)
        return {"confirm": {"text": question, "token": token}}

    def check(self, subject: str, action: str, token: str) -> None:
        """Whether yes was said to this question, and not to one before. Raises NotOffered."""
        asked, self._asked = self._asked, None
        if asked != (subject, action, token):
            raise NotOffered("That was asked too long ago; nothing was done.", action="Choose it again.")
