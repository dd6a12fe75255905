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


def show_spent(amount: Decimal, beside: Decimal | None = None) -> str:
    """What was spent, rounded to the nearest cent: "$0.13"; to more where it is compared with another."""
    return _show(_rounded(amount, 2, beside))


def show_rate(per_hour: Decimal, beside: Decimal | None = None) -> str | None:
    """A burn rate such as "-$0.50/hr"; four decimals under a cent; None where it would print as zero.

    It has more decimals where it is compared with another.
    """
    rounded = _rounded(per_hour, 2 if per_hour >= CENT else 4, beside)
    return f"-{_show(rounded)}/hr" if rounded > 0 else None


def show_limit(amount: Decimal) -> str:
    """What somebody has set, to its last digit, so that all that is shown can be compared with it."""
    return _show(Decimal(plain(amount)))


def _rounded(amount: Decimal, places: int, beside: Decimal | None) -> Decimal:
    """Half-even; to so many more places as it takes to be less or more than `beside` where it is so."""
    rounded = round(amount, places)
    while beside is not None and rounded.compare(beside) != amount.compare(beside):
        places += 1
        rounded = round(amount, places)
    return rounded


def _show(rounded: Decimal) -> str:
    sign = "-" if rounded < 0 else ""
    return f"{sign}${abs(rounded):,f}"
