"""A reading as JSON text for its column, and back."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from .. import moment, money
from ..reading import Budget, Credits, Fault, FreeRequests, KeyInfo, Part, Reading

# JSON knows neither: {"usd": "5.20"}, {"at": "2026-11-20T20:00:00.250000+00:00"}.
_MONEY, _TIME = "usd", "at"


def dump(reading: Reading) -> str:
    """The text to store."""
    return json.dumps(asdict(reading), default=_encode, separators=(",", ":"))


def load(text: str | None) -> Reading | None:
    """The reading of a stored text; None where there is none, or none that this version can read."""
    if text is None:
        return None
    try:
        table = json.loads(text, object_hook=_decode)
        key = _part(KeyInfo, table["key"], effective_budget=Budget, free_model_daily_requests=FreeRequests)
        reading: Reading = _build(Reading, table, key=key, credits=_part(Credits, table["credits"]))
        return reading
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _part(of: type, table: dict[str, Any], **nested: type) -> Part[Any]:
    value, fault = table["value"], table["fault"]
    if value is not None:
        inner = {name: _build(kind, value[name]) for name, kind in nested.items() if value.get(name)}
        value = _build(of, value, **inner)
    return Part(value, table["read_at"], None if fault is None else _build(Fault, fault))


def _build(of: type[Any], table: dict[str, Any], **known: Any) -> Any:
    values = {each.name: table[each.name] for each in fields(of) if each.name in table}
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return of(**{**values, **lists, **known})


def _encode(value: object) -> dict[str, str]:
    if isinstance(value, Decimal):
        return {_MONEY: money.plain(value)}
    if isinstance(value, datetime):
        return {_TIME: value.isoformat()}
    raise TypeError(type(value).__name__)


def _decode(table: dict[str, Any]) -> Any:
    match table:
        case {"usd": str(amount)} if len(table) == 1:
            return money.parse(amount)
        case {"at": str(at)} if len(table) == 1:
            return moment.parse(at)
    return table
