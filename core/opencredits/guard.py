"""Whether an agent may start: what is left and how fast it goes, held against limits. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from .moment import show_span
from .money import show_left, show_limit, show_rate
from .status.account_status import AccountStatus

MOST_AGE = timedelta(seconds=60)
_NOT_KNOWN = "Not known whether it is safe"
_WORDS = ((False, "Not safe"), (None, _NOT_KNOWN), (True, "Safe"))
_NO_FIGURE = "what is left is not known ('opencredits status' says why)"
_NO_RATE = "the rate is not known before there are 5 minutes of readings"


@dataclass(frozen=True)
class Limits:
    """In dollars, dollars an hour, and hours; None: not limited. 0 is a limit."""

    min_balance: Decimal | None = None
    max_rate: Decimal | None = None
    min_hours: Decimal | None = None

    @property
    def is_any(self) -> bool:
        """Whether there is anything to check."""
        return (self.min_balance, self.max_rate, self.min_hours) != (None, None, None)


@dataclass(frozen=True)
class Verdict:
    """Whether it is safe, None: not known; and why, in one sentence."""

    safe: bool | None
    sentence: str


def judge(limits: Limits, accounts: Sequence[AccountStatus], now: datetime) -> Verdict:
    """All accounts have to be within all limits; one that is not beats one that is not known."""
    if not accounts:
        return not_known("no account is enabled.")
    checks = [(account.label, list(_checks(limits, account, now))) for account in accounts]
    for safe, said in _WORDS:
        whys = [(label, [check.sentence for check in each if check.safe is safe]) for label, each in checks]
        if any(why for _, why in whys):
            told = "; ".join(f"{label}: {', '.join(dict.fromkeys(why))}" for label, why in whys if why)
            return Verdict(safe, f"{said}: {told}.")
    raise AssertionError("one of the three is always so")


def not_known(why: str) -> Verdict:
    """Because of this, which is a sentence."""
    return Verdict(None, f"{_NOT_KNOWN}: {why}")


def is_fresh(account: AccountStatus, now: datetime) -> bool:
    """Whether what is shown was read so recently that it may be judged."""
    return account.read_at is not None and timedelta(0) <= now - account.read_at <= MOST_AGE


def _checks(limits: Limits, account: AccountStatus, now: datetime) -> Iterator[Verdict]:
    """What each limit says of one account."""
    if not (account.has_reading and is_fresh(account, now)):
        yield Verdict(None, _why_unknown(account, now))
        return
    left = account.spendable.amount if account.spendable else None
    rate = account.burn_per_hour
    if limits.min_balance is not None:
        yield _balance(left, limits.min_balance)
    if limits.max_rate is not None:
        yield _rate(rate, limits.max_rate)
    if limits.min_hours is not None:
        yield _hours(account, rate, limits.min_hours)


def _balance(left: Decimal | None, least: Decimal) -> Verdict:
    if left is None:
        return Verdict(None, _NO_FIGURE)
    is_left = f"{show_left(left)} is left"
    if left < least:
        return Verdict(False, f"{is_left} (less than {show_limit(least)})")
    return Verdict(True, is_left)


def _rate(rate: Decimal | None, most: Decimal) -> Verdict:
    if rate is None:
        return Verdict(None, _NO_RATE)
    goes = f"{_show(rate, most)} is being spent"
    if rate > most:
        return Verdict(False, f"{goes} (more than {show_limit(most)}/hr)")
    return Verdict(True, goes)


def _hours(account: AccountStatus, rate: Decimal | None, least: Decimal) -> Verdict:
    if account.spendable is None:
        return Verdict(None, _NO_FIGURE)
    if account.lasts_until_reset_at is not None:
        return Verdict(True, "what is left lasts until it resets")
    if rate is None:
        return Verdict(None, _NO_RATE)
    left = max(account.spendable.amount, Decimal(0))
    if left and not rate:
        return Verdict(True, "nothing is being spent")
    hours = left / rate if left else left
    shown = _hours_of(hours.quantize(Decimal("0.1"), ROUND_FLOOR))
    lasts = f"what is left lasts {shown} at {_show(rate, Decimal(0))}"
    if hours < least:
        return Verdict(False, f"{lasts} (less than {_hours_of(least)})")
    return Verdict(True, lasts)


def _show(rate: Decimal, beside: Decimal) -> str:
    return (show_rate(rate, beside) or "$0.00/hr").removeprefix("-")


def _hours_of(hours: Decimal) -> str:
    return "1 hour" if hours == 1 else f"{hours.normalize():,f} hours"


def _why_unknown(account: AccountStatus, now: datetime) -> str:
    """Without a full stop."""
    if account.error is not None:
        return account.error.sentence().rstrip(".")
    if account.read_at is None:
        return "nothing was read yet"
    return f"the last reading is {show_span(now - account.read_at)} old"
