"""The answer to an editor's `initialize` from `status.json`, before anything slow is imported.

Only where it is the whole truth: for an editor that adds no settings and no keys of its own, while the
stored status is not old.
"""

from __future__ import annotations

import json
import os
import time

from . import __version__, paths

TYPE_CHECKING = False  # as type checkers understand it; importing typing would cost more than all the rest
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PROTOCOL = 1

_TEXTS = ("text", "short", "level", "state", "tooltip", "tooltip_text")
_FLAGS = ("stale", "visible")
_OTHERS = ("stale_at", "stale_text", "read_at", "accounts")


def first_answer(params: Mapping[str, Any]) -> dict[str, Any] | None:
    """The result of `initialize`; None where only the session can tell."""
    client = params.get("client")
    asks_for_nothing = all(params.get(name) in (None, {}) for name in ("settings", "keys"))
    is_known = isinstance(client, dict) and all(isinstance(client.get(it), str) for it in ("name", "version"))
    if params.get("protocol") is not PROTOCOL or not is_known or not asks_for_nothing:
        return None
    status = _stored_status(paths.default())
    return None if status is None else result(status, [])


def result(status: Mapping[str, Any] | None, faults: list[str]) -> dict[str, Any]:
    """The result of `initialize`; without `status` the bridge adds it."""
    server = {"name": "opencredits", "version": __version__}
    answer = {"protocol": PROTOCOL, "server": server, "faults": faults}
    return answer if status is None else {**answer, "status": status}


def _stored_status(where: paths.Paths) -> dict[str, Any] | None:
    """What is in the file, unless it is old, or older than the configuration, or no status."""
    try:
        if os.path.exists(where.config) and os.path.getmtime(where.config) >= os.path.getmtime(where.status):
            return None
        with open(where.status, encoding="utf-8") as file:
            status: dict[str, Any] = json.load(file)
        texts = all(isinstance(status[name], str) for name in _TEXTS)
        flags = all(isinstance(status[name], bool) for name in _FLAGS)
        # Both are ISO 8601 in UTC to the second, so that they compare as text.
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        is_old = status["stale_at"] is not None and status["stale_at"] <= now
        is_status = set(status) == {*_TEXTS, *_FLAGS, *_OTHERS}
        return status if texts and flags and is_status and not is_old else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
