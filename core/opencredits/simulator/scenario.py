"""The accounts that the simulator can play, by name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from .account import Account
from .faults import Trouble, every_second, flaky, no_trouble
from .key import Key
from .model import CODER, FREE, MINI, SONNET
from .past import Past
from .window import DAY
from .workload import Workload


class OrdinaryCredits(Enum):
    """What ``/credits`` tells an ordinary key; all three were observed."""

    FIGURES = "figures"
    FORBIDDEN = "forbidden"
    ZEROS = "zeros"


@dataclass(frozen=True)
class Scenario:
    """An account at the simulator's start, and what happens from then on."""

    name: str
    help: str
    credits: Decimal
    past: tuple[Past, ...]
    workloads: tuple[Workload, ...] = ()
    limits: dict[str, tuple[Decimal, str | None]] = field(default_factory=dict)  # by key name: limit, reset
    ordinary_credits: OrdinaryCredits = OrdinaryCredits.FIGURES
    newer: bool = True  # whether /key has the fields that came after the saved specification
    trouble: Trouble = no_trouble

    def open_account(self, clock: Callable[[], float]) -> Account:
        """A new account with its keys and its past."""
        account = Account(clock, self.credits)
        for key in self._new_keys(account.started_at):
            account.add_key(key)
        for past in self.past:
            past.book(account.ledger, account.key(past.key), account.started_at)
        account.work(self.workloads)
        return account

    def _new_keys(self, start: float) -> list[Key]:
        names = list(dict.fromkeys(past.key for past in self.past))
        keys = [Key(name, start - (60 - n) * DAY) for n, name in enumerate(names)]
        for key in keys:
            key.limit, key.limit_reset = self.limits.get(key.name, (None, None))
        return [*keys, Key("management", start - 50 * DAY, management=True)]


def _past(key: str, model: str, before: str, today: str, requests: int = 3) -> Past:
    return Past(key, model, Decimal(before), Decimal(today), requests)


_BOUGHT = Decimal(100)
_75_SPENT = (
    _past("laptop", SONNET, "24.00", "1.10"),
    _past("laptop", MINI, "6.00", "0.30"),
    _past("cline", SONNET, "25.00", "0.85"),
    _past("ci", CODER, "17.35", "0.40"),
)
_HALF_A_DOLLAR_AN_HOUR = (
    Workload("laptop", SONNET, Decimal("0.30")),
    Workload("cline", SONNET, Decimal("0.20")),
)
_LOOP = Workload("cline", SONNET, Decimal(40), every=4.5, after=120)

_ALL = (
    Scenario(
        "steady",
        "$25 of $100 left; two keys spend $0.50 an hour.",
        _BOUGHT,
        _75_SPENT,
        _HALF_A_DOLLAR_AN_HOUR,
    ),
    Scenario(
        "runaway",
        "As steady, but after two minutes one key loops at $40 an hour.",
        _BOUGHT,
        _75_SPENT,
        (*_HALF_A_DOLLAR_AN_HOUR, _LOOP),
    ),
    Scenario(
        "empty",
        "Overdrawn by 8 cents: requests are refused until credits are bought.",
        Decimal("770.8176"),
        (
            _past("laptop", SONNET, "500.00", "2.893717902"),
            _past("cline", SONNET, "200.00", "0"),
            _past("ci", CODER, "68.00", "0"),
        ),
        _HALF_A_DOLLAR_AN_HOUR,
    ),
    Scenario(
        "free",
        "Never bought credits; 48 of 50 free requests are left today.",
        Decimal(0),
        (
            _past("laptop", FREE, "0", "0", 2),
            _past("cline", FREE, "0", "0", 0),
            _past("ci", FREE, "0", "0", 0),
        ),
    ),
    Scenario(
        "capped",
        "The key may spend $10 a day and has $3.10 of it left; the account has $20.",
        _BOUGHT,
        (
            _past("laptop", SONNET, "40.00", "6.90"),
            _past("cline", SONNET, "20.00", "0.60"),
            _past("ci", CODER, "12.30", "0.20"),
        ),
        _HALF_A_DOLLAR_AN_HOUR,
        limits={"laptop": (Decimal(10), "daily")},
    ),
    Scenario(
        "ordinary-403",
        "As steady, but an ordinary key may not read the balance.",
        _BOUGHT,
        _75_SPENT,
        _HALF_A_DOLLAR_AN_HOUR,
        ordinary_credits=OrdinaryCredits.FORBIDDEN,
        newer=False,
    ),
    Scenario(
        "ordinary-zeros",
        "As steady, but an ordinary key is told a balance of zero.",
        _BOUGHT,
        _75_SPENT,
        _HALF_A_DOLLAR_AN_HOUR,
        ordinary_credits=OrdinaryCredits.ZEROS,
        newer=False,
    ),
    Scenario(
        "rate-limited",
        "As steady, but every second poll is answered with 429.",
        _BOUGHT,
        _75_SPENT,
        _HALF_A_DOLLAR_AN_HOUR,
        trouble=every_second,
    ),
    Scenario(
        "flaky",
        "As steady, but with server errors, cut-off bodies and slow answers in a fixed pattern.",
        _BOUGHT,
        _75_SPENT,
        _HALF_A_DOLLAR_AN_HOUR,
        trouble=flaky,
    ),
)

# For who spends by hand, such as a demo that tells its own story.
IDLE = Scenario("idle", "As steady, but nobody spends.", _BOUGHT, _75_SPENT)

SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in _ALL}


def find_scenario(name: str) -> Scenario:
    """The scenario of that name."""
    known = SCENARIOS | {IDLE.name: IDLE}
    if name not in known:
        raise ValueError(f"There is no scenario {name!r}; there are: {', '.join(known)}.")
    return known[name]
