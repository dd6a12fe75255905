"""What is known about one account at the moment it is shown. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..config import AccountSettings
from ..forecast import Profile
from ..reading import Fault, Reading
from ..spending import Counters

Level = Literal["ok", "unknown", "low", "error", "critical"]
State = Literal["hidden", "no_key", "error", "starting", "free", "balance", "limit", "payg"]


@dataclass(frozen=True)
class View:
    """All that is known about one account."""

    account: AccountSettings
    reading: Reading | None = None
    history: Sequence[Counters] = ()
    """Of the rate window and the reading before it, in order of time."""
    fault: Fault | None = None
    """Why nobody can be asked: no key, a silent keyring, an option that cannot be used.

    Without a reading and without a fault the first poll is under way.
    """
    profile: Profile | None = None
    """How the account usually spends; None: not known yet."""
    day: Sequence[Counters] = ()
    """Of the last two days, a quarter of an hour apart, in order of time."""

    @property
    def has_no_key(self) -> bool:
        """Whether no source has a key."""
        return self.fault is not None and self.fault.kind == "no_key"
