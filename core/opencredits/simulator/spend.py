"""The figures of a key that ``/key`` and ``/keys`` have in common."""

from .account import Account
from .key import Key
from .window import RESETS, first_day


def spend_fields(account: Account, key: Key, now: float) -> dict[str, object]:
    """Limit and spend of a key, for life and for the running UTC day, week and month."""
    life = account.ledger.sum(key.hash)
    fields: dict[str, object] = {
        "limit": key.limit,
        "limit_remaining": account.limit_remaining(key, now),
        "limit_reset": key.limit_reset,
        "include_byok_in_limit": key.include_byok_in_limit,
        "usage": life.usage,
        "byok_usage": life.byok,
    }
    for window in RESETS:
        tally = account.ledger.sum(key.hash, first_day(window, now))
        fields |= {f"usage_{window}": tally.usage, f"byok_usage_{window}": tally.byok}
    return fields
