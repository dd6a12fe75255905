"""An API key and its cap."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from secrets import token_hex

PREFIX = "sk-or-v1-"


def new_secret() -> str:
    """A key that no other simulator, and surely not OpenRouter, accepts."""
    return PREFIX + token_hex(32)


@dataclass
class Key:
    """One key of the account, as ``/keys`` manages it; times are Unix times, amounts US dollars."""

    name: str
    created_at: float
    secret: str = field(default_factory=new_secret, repr=False)
    management: bool = False
    limit: Decimal | None = None
    limit_reset: str | None = None  # one of window.RESETS; None: the limit is for life
    include_byok_in_limit: bool = False
    disabled: bool = False
    updated_at: float | None = None
    expires_at: float | None = None

    @cached_property
    def hash(self) -> str:
        """What names the key in ``/keys``; safe to show."""
        return sha256(self.secret.encode()).hexdigest()

    @property
    def label(self) -> str:
        """The masked key: ``sk-or-v1-0e6...1c96``."""
        return f"{self.secret[:12]}...{self.secret[-4:]}"

    def works(self, now: float) -> bool:
        """Whether OpenRouter still accepts it."""
        return not self.disabled and (self.expires_at is None or now < self.expires_at)
