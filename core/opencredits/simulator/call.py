"""One request to the API, and what may be read from it."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from .account import Account
from .errors import Refusal
from .key import Key
from .scenario import Scenario


@dataclass(frozen=True)
class Call:
    """A request that was let in, and everything it needs for its answer."""

    account: Account
    scenario: Scenario
    key: Key | None  # None only where no key is needed
    now: float
    query: dict[str, str]
    body: bytes
    name: str = ""  # the last part of the path, where it names something

    @property
    def caller(self) -> Key:
        """The key that asks."""
        if self.key is None:
            raise Refusal(401)
        return self.key

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number from the query."""
        text = self.query.get(name, str(default))
        # isdecimal() alone would let other scripts' digits and endless ones through.
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
            raise Refusal(400)
        return int(text)

    def uuid(self, name: str) -> str | None:
        """A UUID from the query."""
        return None if (text := self.query.get(name)) is None else checked_uuid(text)

    def json(self) -> dict[str, Any]:
        """The body, which must be a JSON object; its numbers are Decimals."""
        try:
            body = json.loads(self.body, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise Refusal(400) from None
        if not isinstance(body, dict):
            raise Refusal(400)
        return body


def checked_uuid(value: object) -> str:
    """The value, if it is a UUID in the usual form."""
    try:
        return str(UUID(str(value)))
    except ValueError:
        raise Refusal(400) from None


def _refuse(_constant: str) -> None:
    raise Refusal(400)  # NaN and Infinity are no amounts
