"""Readings as tests write them: short, with the fields that matter."""

from datetime import UTC, datetime
from decimal import Decimal

from opencredits.reading import Budget, Credits, Fault, FreeRequests, KeyInfo, Part, Reading

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)

OFFLINE = Fault("dns", "offline", "The name openrouter.ai was not found.", "Check the network connection.")
REFUSED = Fault("no_permission", "no permission", "Only management keys can do this.", "Use one.")
REJECTED = Fault("invalid_key", "invalid key", "User not found.", "Check it.")

_MONEY = ("usage", "limit", "limit_remaining", "usage_daily", "usage_weekly", "usage_monthly", "byok_usage")


def key(**fields):
    """What `/key` answered; amounts may be given as texts."""
    known = {"usage": "94.80", "limit": None, "is_free_tier": False} | fields
    return KeyInfo(**{name: _amount(name, value) for name, value in known.items()})


def credits(total_credits, total_usage):
    """What `/credits` answered."""
    return Credits(Decimal(total_credits), Decimal(total_usage))


def budget(remaining, *, limit=None, spend=None, scope="workspace", **more):
    """An effective budget."""
    return Budget(scope, Decimal(remaining), limit and Decimal(limit), spend and Decimal(spend), **more)


def free(remaining, limit=50):
    """Free requests that are left today."""
    return FreeRequests(limit, remaining)


def part(value, at=NOW):
    """A part that answered, or the fault it met."""
    if isinstance(value, Part):
        return value
    if isinstance(value, Fault):
        return Part(fault=value)
    return Part(value, at) if value is not None else Part()


def reading(key=None, credits=None, *, at=NOW, **more):
    """One poll; a part is a value, a fault, or a whole Part."""
    return Reading(at, part(key, at), part(credits, at), **more)


def funded(balance="5.20", *, at=NOW, **fields):
    """The usual account: $100 bought, the rest spent."""
    return reading(key(**fields), credits("100", str(100 - Decimal(balance))), at=at)


def _amount(name, value):
    money = name in _MONEY or name.startswith("byok_usage")
    return Decimal(value) if money and isinstance(value, str) else value
