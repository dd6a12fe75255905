"""What ``/keys`` answers and changes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from .call import Call
from .errors import USER, Refusal
from .key import Key
from .reads import WORKSPACE, Answer
from .spend import spend_fields
from .window import RESETS
from .wire import iso

PAGE = 100
MOST = Decimal(10**9)  # US dollars; nobody's limit


def list_keys(call: Call) -> Answer:
    """``GET /keys``: a page of keys, newest first."""
    offset = call.number("offset", 0, 0, 10**9)
    if (disabled := call.query.get("include_disabled", "false")) not in ("true", "false"):
        raise Refusal(400)
    here = call.uuid("workspace_id") in (None, WORKSPACE)
    keys = [key for key in reversed(call.account.keys) if here and (disabled == "true" or not key.disabled)]
    return {"data": [key_fields(call, key) for key in keys[offset : offset + PAGE]]}


def get_key(call: Call) -> Answer:
    """``GET /keys/{hash}``: one key."""
    return {"data": key_fields(call, named_key(call))}


def create_key(call: Call) -> Answer:
    """``POST /keys``: a new key, whose secret is told this once."""
    given = call.json()
    if "name" not in given:
        raise Refusal(400)
    if given.get("workspace_id", WORKSPACE) != WORKSPACE:
        raise Refusal(400)
    key = Key(given["name"], call.now)
    for field, value in checked(given, CREATABLE).items():
        setattr(key, field, value)
    call.account.add_key(key)
    return {"data": key_fields(call, key), "key": key.secret}


def patch_key(call: Call) -> Answer:
    """``PATCH /keys/{hash}``: change what is given."""
    key = named_key(call)
    call.account.change_key(key.hash, **checked(call.json(), CHANGEABLE))
    return {"data": key_fields(call, key)}


def delete_key(call: Call) -> Answer:
    """``DELETE /keys/{hash}``."""
    call.account.delete_key(named_key(call).hash)
    return {"deleted": True}


def named_key(call: Call) -> Key:
    """The ordinary key that the path names by its hash."""
    for key in call.account.keys:
        if key.hash == call.name:
            return key
    raise Refusal(404)


def key_fields(call: Call, key: Key) -> Answer:
    """A key the way ``/keys`` tells it."""
    return {
        "hash": key.hash,
        "name": key.name,
        "label": key.label,
        "disabled": key.disabled,
        **spend_fields(call.account, key, call.now),
        "created_at": iso(key.created_at),
        "updated_at": iso(key.updated_at),
        "expires_at": iso(key.expires_at),
        "creator_user_id": USER,
        "workspace_id": WORKSPACE,
    }


# what callers may set


def a_name(value: object) -> str:
    """Some text."""
    if not isinstance(value, str) or not value:
        raise Refusal(400)
    return value


def a_flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Refusal(400)
    return value


def an_amount(value: object) -> Decimal | None:
    """Dollars, or null for no limit."""
    if value is None:
        return None
    if not isinstance(value, Decimal) or not 0 <= value < MOST:
        raise Refusal(400)
    return value


def a_reset(value: object) -> str | None:
    """A window, or null for a limit for life."""
    if value is not None and value not in RESETS:
        raise Refusal(400)
    return None if value is None else str(value)


def an_expiry(value: object) -> float | None:
    """A moment in UTC, or null for never; other time zones are refused."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise Refusal(400) from None
    if moment.utcoffset() != timedelta(0):
        raise Refusal(400)
    return moment.timestamp()


CHANGEABLE: dict[str, Callable[[object], object]] = {
    "name": a_name,
    "disabled": a_flag,
    "limit": an_amount,
    "limit_reset": a_reset,
    "include_byok_in_limit": a_flag,
}
CREATABLE = {name: check for name, check in CHANGEABLE.items() if name != "disabled"} | {
    "expires_at": an_expiry,
}


def checked(given: dict[str, object], allowed: dict[str, Callable[[object], object]]) -> dict[str, object]:
    """The fields that may be set, each of the right form; others are ignored."""
    return {name: check(given[name]) for name, check in allowed.items() if name in given}
