"""The `format` option: literal text with {names}, and brackets that vanish when they would be empty."""

from __future__ import annotations

import re
from collections.abc import Mapping

NAMES = (
    "label",
    "amount",
    "notes",
    "spendable",
    "balance",
    "limit",
    "binding",
    "today",
    "week",
    "month",
    "rate",
    "time_to_empty",
    "age",
)
DEFAULT = "{label}: {amount} ({notes})"
UNKNOWN = "-"

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_BRACKET = re.compile(r" ?(?:\((?:[^()]*)\)|\[(?:[^\[\]]*)\])")


def check(template: str) -> str:
    """Return the template itself. Raises ValueError, naming what is known, unless it can be rendered."""
    for token in _TOKEN.finditer(template):
        if token[0] in ("{", "}"):
            raise ValueError(f"a lone {token[0]!r}; write it twice to show it")
        if token[1] is not None and token[1] not in NAMES:
            raise ValueError(f"the unknown name {{{token[1]}}}; known are {', '.join(NAMES)}")
    return template


def render(template: str, values: Mapping[str, str | None]) -> str:
    """Fill in the names.

    A bracket whose names are all unknown (None) vanishes together with the space before it; outside of
    such a bracket an unknown name shows as "-". Brackets inside of values are left alone.
    """
    pieces: list[str] = []
    end = 0
    for bracket in _BRACKET.finditer(template):
        pieces.append(_fill(template[end : bracket.start()], values))
        names = [token[1] for token in _TOKEN.finditer(bracket[0]) if token[1]]
        if not names or any(values.get(name) is not None for name in names):
            pieces.append(_fill(bracket[0], values))
        end = bracket.end()
    pieces.append(_fill(template[end:], values))
    return "".join(pieces)


def _fill(text: str, values: Mapping[str, str | None]) -> str:
    def one(token: re.Match[str]) -> str:
        if token[1] is None:
            return token[0][0]
        value = values.get(token[1])
        return UNKNOWN if value is None else value

    return _TOKEN.sub(one, text)
