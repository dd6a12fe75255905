"""What an editor can call, and how each is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from .params import Params
from .session import Result, Session


@dataclass(frozen=True)
class Method:
    """How a request is answered: at once, or on a lane beside the others; with the status, or without."""

    run: Callable[[Session, Params], Result]
    lane: Literal["refreshes", "questions", "changes", "notices"] | None = None
    shows: bool = True


METHODS: Mapping[str, Method] = {
    "initialize": Method(Session.initialize),
    "status": Method(Session.status),
    "refresh": Method(Session.refresh, "refreshes"),
    "settings": Method(Session.settings),
    "save_setting": Method(Session.save_setting, "changes"),
    "set_key": Method(Session.set_key, "changes"),
    "remove_key": Method(Session.remove_key, "changes"),
    "details": Method(Session.details, "questions", shows=False),
    "menu": Method(Session.menu, "questions", shows=False),
    "act": Method(Session.act, "changes"),
    "focus": Method(Session.focus, "notices", shows=False),
    "shown": Method(Session.shown, "notices", shows=False),
    "shutdown": Method(Session.shutdown, shows=False),
}
