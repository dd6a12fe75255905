"""The few lines behind the status line, as Markdown and as plain text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from ..config import AccountSettings
from ..moment import show_clock
from ..money import show_left, show_rate, show_spent
from ..reading import Budget, Fault, KeyInfo, Reading, Spendable
from .figures import Figures
from .recent import recent_lines
from .reset import next_reset
from .view import View

Line = str

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~])")
_BINDING = {"balance": "the balance", "key_limit": "the key limit", "budget": "the budget"}


def bullets(accounts: Sequence[tuple[str, Sequence[Line]]]) -> tuple[str, str]:
    """Markdown and plain text of each account's lines, under its label where there are several."""
    markdown, plain = [], []
    for label, lines in accounts:
        indent = ""
        if len(accounts) > 1:
            markdown.append(f"**{escape(label)}**\n")
            plain.append(f"{label}:")
            indent = "  "
        markdown.append("\n".join(f"- {escape(line)}" for line in lines) + "\n")
        plain.extend(f"{indent}{line}" for line in lines)
    return "\n".join(markdown).strip(), "\n".join(plain)


def tooltip_lines(
    view: View, fault: Fault | None, now: datetime, figures: Figures | None = None
) -> Iterator[Line]:
    """What is known of one account, what is missing and why, and what to do about an error."""
    reading, said = view.reading, ""
    if reading is not None and not reading.rejected:
        for line in (
            *_money_lines(view.account, reading, figures.spendable if figures else None, now),
            *(_rate_lines(figures) if figures else ()),
            *(recent_lines(view.day, reading.key, figures.read_at, now.tzinfo) if figures else ()),
            *_read_lines(reading, now),
        ):
            yield line
            said += line
    why = _one_line(fault.sentence()) if fault is not None else ""
    if why not in said:
        yield why


def _money_lines(
    account: AccountSettings, reading: Reading, spendable: Spendable | None, now: datetime
) -> Iterator[Line]:
    key = reading.key.value
    yield from _balance_lines(account, reading)
    if key is not None:
        yield from _cap_lines(key, reading, now)
    if spendable is not None and key is not None and (key.limit is not None or key.effective_budget):
        yield f"Runs out first: {_BINDING[spendable.binding]}, {show_left(spendable.amount)} left"
    if key is not None:
        yield from _spent_lines(key, over=reading.day_is_over(now))


def _balance_lines(account: AccountSettings, reading: Reading) -> Iterator[Line]:
    balance, credits = reading.balance(billed_by_invoice=account.billed_by_invoice), reading.credits.value
    if reading.never_bought():
        yield "No credits bought; free models only"
    elif balance is not None and credits is not None:
        used = f"{show_spent(credits.total_usage)} used of {show_left(credits.total_credits)}"
        overdrawn = "; requests fail until credits are bought" if balance < 0 else ""
        yield f"Balance: {show_left(balance)} ({used}{overdrawn})"
    else:
        yield _one_line(f"Balance not known: {_why_unknown(account, reading)}")


def _why_unknown(account: AccountSettings, reading: Reading) -> str:
    if account.billed_by_invoice:
        return "the account is billed by invoice"
    fault = reading.credits.fault
    if fault is not None:
        return fault.sentence()
    if reading.credits.value is None:
        return "it was not asked for"
    invoice = "For an account billed by invoice, set 'billed_by_invoice'."
    key = reading.key.value
    if key is None or key.is_management_key:
        return f"OpenRouter answered that no credits were bought. {invoice}"
    return (
        "OpenRouter answered zero credits to this key. A management key gets the true figure: "
        f"'opencredits login --management'. {invoice}"
    )


def _cap_lines(key: KeyInfo, reading: Reading, now: datetime) -> Iterator[Line]:
    left = key.left_of_limit()
    if key.limit is not None:
        much = "an unknown part" if left is None else show_left(left)
        resets = next_reset(key.limit_reset, reading.key.read_at or now)
        yield f"Key limit: {much} of {show_left(key.limit)} left, {_resets(key.limit_reset, resets, now)}"
    budget = key.effective_budget
    if budget is not None and (budget.scope != "key_limit" or key.limit is None):
        yield _budget_line(budget, now)


def _budget_line(budget: Budget, now: datetime) -> Line:
    of = f" of {show_left(budget.limit_usd)}" if budget.limit_usd is not None else ""
    resets = _resets(budget.reset_interval, budget.resets_at, now)
    return _one_line(f"Budget ({budget.scope}): {show_left(budget.remaining_usd)}{of} left, {resets}")


def _resets(interval: str | None, at: datetime | None, now: datetime) -> str:
    if interval is None:
        return "for life"
    return f"resets {interval}" + (f", next at {show_clock(at, now)}" if at else "")


def _spent_lines(key: KeyInfo, *, over: bool) -> Iterator[Line]:
    spent = _windows(key.usage_daily, key.usage_weekly, key.usage_monthly, over=over)
    if spent and not key.is_management_key:
        yield f"Spent by this key (UTC): {spent}"
    if key.byok_usage:
        byok = _windows(key.byok_usage_daily, key.byok_usage_weekly, key.byok_usage_monthly, over=over)
        yield f"Billed by providers to your own keys (BYOK): {byok or show_spent(key.byok_usage)}"
    if key.free_model_daily_requests is not None and not over:
        free = key.free_model_daily_requests
        yield f"Free model requests: {free.remaining} of {free.limit} left today (UTC)"


def _windows(daily: Decimal | None, weekly: Decimal | None, monthly: Decimal | None, *, over: bool) -> str:
    known = ((None if over else daily, "today"), (weekly, "this week"), (monthly, "this month"))
    return ", ".join(f"{show_spent(amount)} {when}" for amount, when in known if amount is not None)


def _rate_lines(figures: Figures) -> Iterator[Line]:
    text = None if figures.rate is None else show_rate(figures.rate)
    if text is not None:
        minutes = figures.rate_over // timedelta(minutes=1)
        yield f"Burn rate: {text.removeprefix('-')} over the last {minutes} minutes"
    if figures.forecast is not None:
        yield f"Empty in {figures.forecast.spelled()}"
    elif figures.lasts_until is not None:
        lasts = "Lasts" if figures.lasts_surely else "Probably lasts"
        yield f"{lasts} until it resets at {show_clock(figures.lasts_until, figures.now)}"


def _read_lines(reading: Reading, now: datetime) -> Iterator[Line]:
    key, credits = reading.key, reading.credits
    read = [show_clock(part.read_at, now) for part in (key, credits) if part.read_at is not None]
    if len(set(read)) == 2:
        yield f"Balance read at {read[1]}, key read at {read[0]}"
    elif read:
        yield f"Read at {read[0]}"
    info = key.value
    if info is not None and info.expires_at is not None:
        yield f"The key expires on {info.expires_at:%Y-%m-%d %H:%M} UTC"
    if info is not None and info.unreadable:
        yield f"Not readable in OpenRouter's answer: {', '.join(info.unreadable)}"


def escape(text: str) -> str:
    """The same in Markdown, where no sign of it means anything."""
    return _MARKDOWN.sub(r"\\\1", text)


def _one_line(text: str) -> str:
    return " ".join(text.split())
