"""JSON-RPC 2.0, one message per line: bytes to requests and answers to bytes. Pure.

Like all that the first answer of a bridge needs, it imports next to nothing.
"""

from __future__ import annotations

import json

from .errors import CreditsError, NotARequest, NotJson

TYPE_CHECKING = False  # as type checkers understand it; importing typing would cost more than all the rest
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    Id = str | int | float | None

MOST_BYTES = 1024 * 1024


class Request:
    """One request; a notification, which nobody waits for, when `expects_answer` is False."""

    def __init__(self, method: str, params: Mapping[str, Any], id: Id, *, expects_answer: bool) -> None:
        self.method = method
        self.params = params
        self.id = id
        self.expects_answer = expects_answer


class Lines:
    """Puts lines together from what arrives in pieces. One that is too long is dropped while it arrives."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._begun = bytearray()
        self._too_long = False

    def feed(self, piece: bytes) -> Iterator[bytes | None]:
        """The lines that are complete with this piece; None for each that was too long."""
        *ends, rest = piece.split(b"\n")
        for end in ends:
            self._add(end)
            yield None if self._too_long else bytes(self._begun)
            self._begun.clear()
            self._too_long = False
        self._add(rest)

    def _add(self, more: bytes) -> None:
        self._too_long = self._too_long or len(self._begun) + len(more) > self._most
        if self._too_long:
            self._begun.clear()
        else:
            self._begun += more


def parse(line: bytes) -> object:
    """The value that a line holds. Raises NotJson."""
    try:
        return json.loads(line.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise NotJson("The line is nested too deeply.") from None
    except ValueError:  # of Unicode, of JSON, and of a number with too many digits
        raise NotJson("The line is not JSON.") from None


def request(value: object) -> Request:
    """The request that a value is. Raises NotARequest."""
    if isinstance(value, list):
        raise NotARequest("Batches are not answered.")
    if not isinstance(value, dict) or value.get("jsonrpc") != "2.0":
        raise NotARequest('A request is an object with "jsonrpc": "2.0".')
    method, params = value.get("method"), value.get("params", {})
    if not isinstance(method, str):
        raise NotARequest("A request has a method.")
    if not _is_id(value.get("id")):
        raise NotARequest("An id is a text, a number or null.")
    if not isinstance(params, dict | list):
        raise NotARequest("Params are an object.")
    # Lists are no use to any method, so that whoever sends one hears about the method's params.
    named = params if isinstance(params, dict) else {"": params}
    return Request(method, named, value.get("id"), expects_answer="id" in value)


def id_of(value: object) -> Id:
    """By which a value that is no request can still be answered; None when it has no id."""
    found = value.get("id") if isinstance(value, dict) else None
    return found if _is_id(found) else None


def answer(id: Id, result: object) -> bytes:
    """The line of a result."""
    return _line({"id": id, "result": result})


def refusal(id: Id, error: CreditsError) -> bytes:
    """The line of an error."""
    data = {"kind": error.kind, "action": error.action}
    return _line({"id": id, "error": {"code": error.code, "message": str(error), "data": data}})


def notification(method: str, params: Mapping[str, object]) -> bytes:
    """The line of something that was not asked for."""
    return _line({"method": method, "params": params})


def _line(message: Mapping[str, object]) -> bytes:
    # In ASCII, because half a surrogate, as in an id that is given back, has no UTF-8.
    return json.dumps({"jsonrpc": "2.0", **message}).encode("ascii") + b"\n"


def _is_id(found: object) -> bool:
    return found is None or (isinstance(found, str | int | float) and not isinstance(found, bool))


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError("too large")
    return number


def _refuse(constant: str) -> None:
    raise ValueError(constant)
