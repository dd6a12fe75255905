"""How answers become bytes: JSON whose amounts keep every digit."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

NANO = Decimal("1e-9")


@dataclass(frozen=True)
class Raw:
    """JSON text that is put in as it stands, even where it is not JSON."""

    text: str


def dump(value: object) -> str:
    """JSON text of a value; Decimals become numbers with up to nine decimals."""
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(str(k))}: {dump(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(dump, value)) + "]"
        case Decimal():
            return number(value)
        case Raw():
            return value.text
    return json.dumps(value)


def number(amount: Decimal) -> str:
    """A plain JSON number: no exponent, no trailing zeros, no minus before zero."""
    text = format(amount.quantize(NANO), "f").rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def iso(at: float | None) -> str | None:
    """A Unix time the way OpenRouter writes it: ``2025-08-24T10:30:00Z``."""
    return None if at is None else datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
