"""The answers of `GET /key` and `GET /credits`, read field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, NoReturn

import msgspec

from ... import moment, money
from ...errors import UnexpectedAnswer
from ...reading import Budget, Credits, FreeRequests, KeyInfo, Reset

Reader = Callable[[bytes], Any]
"""Reads the JSON text of one field. Raises ValueError."""

Fields = dict[str, msgspec.Raw]
Count = Annotated[int, msgspec.Meta(ge=-(10**9), le=10**9)]


class _Answer(msgspec.Struct):
    data: Fields


_ANSWER = msgspec.json.Decoder(_Answer)
_FIELDS = msgspec.json.Decoder(Fields)
_TEXT = msgspec.json.Decoder(str)

# Both halves of a character; one half; any other escape, so that the "u" in "\\u" is passed over.
_SURROGATE = re.compile(rb"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u[dD][89a-fA-F]..|\\.", re.DOTALL)
_ONE_HALF = len(rb"\ud800")

_flag = msgspec.json.Decoder(bool).decode
_count = msgspec.json.Decoder(Count).decode
_reset = msgspec.json.Decoder(Reset).decode


class Replies:
    """Reads answers. Every text in them goes through `clean`, because a server may repeat a key in it."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        self._clean = clean

    def key(self, body: bytes) -> KeyInfo:
        """Raises UnexpectedAnswer, naming the field, unless all that is required can be used."""
        values, unreadable = _read("/key", body, self._key_required(), self._key_optional())
        twin = values.pop("is_provisioning_key")
        if values["is_management_key"] is None:
            values["is_management_key"] = twin
        return KeyInfo(**values, unreadable=unreadable)

    def credits(self, body: bytes) -> Credits:
        """Raises UnexpectedAnswer, naming the field."""
        values, _ = _read("/credits", body, {"total_credits": _money, "total_usage": _money}, {})
        return Credits(**values)

    def _key_required(self) -> Mapping[str, Reader]:
        return {"usage": _money, "limit": _or_null(_money), "is_free_tier": _flag}

    def _key_optional(self) -> Mapping[str, Reader]:
        return {
            "label": self._line,
            "limit_remaining": _money,
            "limit_reset": _reset,
            "include_byok_in_limit": _flag,
            "usage_daily": _money,
            "usage_weekly": _money,
            "usage_monthly": _money,
            "byok_usage": _money,
            "byok_usage_daily": _money,
            "byok_usage_weekly": _money,
            "byok_usage_monthly": _money,
            "is_management_key": _flag,
            "is_provisioning_key": _flag,
            "expires_at": _moment,
            "effective_budget": self._budget,
            "free_model_daily_requests": _free_requests,
        }

    def _budget(self, text: bytes) -> Budget:
        fields = _FIELDS.decode(text)
        required = _required(fields, {"scope": self._line, "remaining_usd": _money})
        optional, _ = _optional(
            fields,
            {
                "limit_usd": _money,
                "spend_usd": _money,
                "reset_interval": self._line,
                "resets_at": _moment,
            },
        )
        return Budget(**required, **optional)

    def _line(self, text: bytes) -> str:
        return self._clean(_TEXT.decode(text))


def _read(
    path: str, body: bytes, required: Mapping[str, Reader], optional: Mapping[str, Reader]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The values of all fields, and the names of the optional ones that cannot be used."""
    fields = _fields(path, body)
    try:
        values = _required(fields, required)
    except _Unusable as exc:
        raise _wrong(path, str(exc)) from exc
    more, unreadable = _optional(fields, optional)
    return {**values, **more}, unreadable


def _fields(path: str, body: bytes) -> Fields:
    """The fields of `data`, each still as its JSON text, so that no number ever is a float."""
    try:
        _check_json(body)
        return _ANSWER.decode(_without_halves(body)).data
    except msgspec.ValidationError as exc:
        raise _wrong(path, "data") from exc
    except (ValueError, RecursionError) as exc:
        raise UnexpectedAnswer(f"The answer to {path} is not proper JSON.", kind="not_json") from exc


def _check_json(body: bytes) -> None:
    """Refuse what msgspec lets pass: bytes that are not UTF-8, and names that come twice."""
    json.loads(
        body.decode("utf-8"), object_pairs_hook=_once, parse_float=str, parse_int=str, parse_constant=_no
    )


def _without_halves(body: bytes) -> bytes:
    """A name that was cut in the middle of an emoji ends in half of it, which msgspec would not read."""
    return _SURROGATE.sub(lambda found: rb"\ufffd" if len(found[0]) == _ONE_HALF else found[0], body)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a name comes twice")  # and two readers would believe different values
    return fields


def _no(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


class _Unusable(ValueError):
    """A required field, by its name, is missing or cannot be used."""


def _required(fields: Fields, readers: Mapping[str, Reader]) -> dict[str, Any]:
    values = {}
    for name, read in readers.items():
        try:
            values[name] = read(bytes(fields[name]))
        except (KeyError, ValueError, RecursionError) as exc:
            raise _Unusable(name) from exc
    return values


def _optional(fields: Fields, readers: Mapping[str, Reader]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Null and missing are the same: not known."""
    values: dict[str, Any] = {}
    unreadable = []
    for name, read in readers.items():
        text = bytes(fields.get(name, b"null"))
        try:
            values[name] = None if text == b"null" else read(text)
        except (ValueError, RecursionError):
            values[name] = None
            unreadable.append(name)
    return values, tuple(unreadable)


def _wrong(path: str, name: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(f"The answer to {path} has no usable '{name}'.", kind="wrong_fields")


def _or_null(read: Reader) -> Reader:
    return lambda text: None if text == b"null" else read(text)


def _money(text: bytes) -> Decimal:
    return money.parse(text.decode())  # a string still has its quotes here, which no number has


def _moment(text: bytes) -> datetime:
    try:
        return moment.parse(_TEXT.decode(text))
    except OverflowError as exc:  # the first and last days of the calendar, in another zone
        raise ValueError("not a moment") from exc


def _free_requests(text: bytes) -> FreeRequests:
    return FreeRequests(**_required(_FIELDS.decode(text), {"limit": _count, "remaining": _count}))
