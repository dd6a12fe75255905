"""Takes keys out of whatever a server sends back."""

from __future__ import annotations

import re
from collections.abc import Iterable

PREFIX = "sk-or-v1-"
_PART = 8  # characters of a key that may not be seen together
_SHORTEST = 4  # less than this is no key, and would blot out half of every answer
_MASK = b"***"
_LONGEST_LINE = 200


class Redaction:
    """Hides every part of these secrets that is eight characters or longer, in upper or lower case."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._parts = frozenset(part for secret in secrets for part in _parts_of(secret))

    def hide(self, data: bytes) -> bytes:
        """The same bytes with `***` for each stretch of a secret."""
        found = _marks(data.lower(), self._parts)
        return re.sub(rb"\x01+", _MASK, _blotted(data, found)) if found else data

    def line(self, text: str) -> str:
        """A text of the server as one printable line of at most 200 characters, without secrets."""
        words = " ".join(text.split())
        printable = "".join(char for char in words if char.isprintable())
        # Only now: an invisible character may have stood in the middle of a key.
        hidden = self.hide(printable.encode("utf-8", "replace")).decode("utf-8", "replace")
        return hidden if len(hidden) <= _LONGEST_LINE else f"{hidden[: _LONGEST_LINE - 3]}..."


def _parts_of(secret: str) -> Iterable[bytes]:
    tail = secret.removeprefix(PREFIX).lower().encode()
    if len(tail) < _SHORTEST:
        return []
    return [tail[at : at + _PART] for at in range(max(1, len(tail) - _PART + 1))]


def _marks(data: bytes, parts: Iterable[bytes]) -> list[tuple[int, int]]:
    """Where any part begins and ends."""
    marks = []
    for part in parts:
        at = data.find(part)
        while at >= 0:
            marks.append((at, at + len(part)))
            at = data.find(part, at + 1)
    return marks


def _blotted(data: bytes, marks: list[tuple[int, int]]) -> bytes:
    blotted = bytearray(data)
    for start, end in marks:
        blotted[start:end] = b"\x01" * (end - start)
    return bytes(blotted)
