"""US dollars: reading, rounding, showing. One credit of OpenRouter is one dollar."""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

NANO = Decimal("0.000000001")
CENT = Decimal("0.01")
TOO_MUCH = Decimal(9_000_000_000)  # 9 * 10^18 nanodollars is the most that a 64-bit integer holds


def parse(amount: Decimal | int | str) -> Decimal:
    """Dollars rounded half-even to 10^-9. Raises ValueError unless finite and below 9 * 10^9 either way."""
    try:
        value = Decimal(amount)
    except ArithmeticError as exc:
        raise ValueError("not a number") from exc
    if not value.is_finite():
        raise ValueError("not a finite number")
    if value.copy_abs() >= TOO_MUCH:  # abs() would round first, and fail for 1e1000000
        raise ValueError("too large for an amount of money")
    return value.quantize(NANO, ROUND_HALF_EVEN)


def to_nano(amount: Decimal) -> int:
    """Whole 10^-9 dollars, as SQLite stores them."""
    return int(amount.scaleb(9).to_integral_value(ROUND_HALF_EVEN))


def from_nano(nano: int) -> Decimal:
    """Dollars from whole 10^-9 dollars."""
    return Decimal(nano).scaleb(-9)


def plain(amount: Decimal) -> str:
    """The decimal string of JSON: "5.20", "0.000000001"; two decimals at least, never an exponent."""
    whole, _, fraction = f"{amount + 0:.9f}".partition(".")  # + 0 turns -0 into 0
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"


def show_left(amount: Decimal) -> str:
    """What is left, rounded down to the cent so that it never shows more than there is: "$1,234.56"."""
    return _show(amount.quantize(CENT, ROUND_FLOOR))


def show_spent(amount: Decimal) -> str:
    """What was spent, rounded to the nearest cent: "$0.13"."""
    return _show(amount.quantize(CENT, ROUND_HALF_EVEN))


def show_rate(per_hour: Decimal) -> str | None:
    """A burn rate such as "-$0.50/hr"; four decimals under a cent; None where it would print as zero."""
    places = CENT if per_hour >= CENT else Decimal("0.0001")
    rounded = per_hour.quantize(places, ROUND_HALF_EVEN)
    return f"-{_show(rounded)}/hr" if rounded > 0 else None


def _show(rounded: Decimal) -> str:
    sign = "-" if rounded < 0 else ""
    return f"{sign}${abs(rounded):,}"
