"""What can go wrong on the way, on demand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from threading import Lock

REMOVE = object()  # as a value in `Fault.patch`: the field is left out

# `Fault(patch=SHAPE_2025)` makes /key answer with the six fields it had in 2025.
SHAPE_2025: Mapping[str, object] = dict.fromkeys(
    (
        *("limit_reset", "include_byok_in_limit", "usage_daily", "usage_weekly", "usage_monthly"),
        *("byok_usage", "byok_usage_daily", "byok_usage_weekly", "byok_usage_monthly"),
        *("is_management_key", "is_provisioning_key", "creator_user_id", "expires_at"),
        *("free_model_daily_requests", "budgets", "effective_budget", "allowed_data_regions"),
        *("organization_id", "workspace_id"),
    ),
    REMOVE,
)


@dataclass(frozen=True)
class Fault:
    """One way of not answering well; what is not set stays as in the good answer.

    A `status` of 300 and more, `body`, `redirect`, `echo`, `reset` and `hang` stand in for the answer: the
    request itself is not carried out. The others bend the good answer, or the one that stands in for it.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # added, or put in the place of the usual one
    body: bytes | str | None = None  # None: OpenRouter's JSON, an error from status 400 on
    content_type: str | None = None
    delay: float = 0.0  # seconds before answering
    hang: bool = False  # accept, never answer, until the simulator closes
    reset: bool = False  # a TCP reset in place of an answer
    cut_off: bool = False  # close after half of the announced body
    size: int = 0  # pad with leading white space to so many bytes, sent as they are made
    drip: float = 0.0  # seconds between single bytes of the body
    chunked: bool = False  # send the body in chunks, without announcing its length
    redirect: str | None = None  # Location; 302 unless a status is given
    echo: bool = False  # an error (500 unless a status is given) that repeats the Authorization header
    patch: Mapping[str, object] = field(default_factory=dict)  # merged over `data`, or each of its items
    raw: Mapping[str, str] = field(default_factory=dict)  # the same, with JSON text put in verbatim

    @property
    def has_answer(self) -> bool:
        """Whether its own status or body takes the place of the answer."""
        return self.body is not None or (self.status is not None and self.status >= 300)


@dataclass
class _Planned:
    fault: Fault
    path: str
    method: str | None
    left: int | None  # None: until cleared

    def fits(self, method: str, path: str) -> bool:
        return self.method in (None, method) and fnmatchcase(path, self.path)


class Faults:
    """The faults that wait for a request.

    Counted ones come first, in the order they were set; then the newest that lasts until cleared.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._counted: list[_Planned] = []
        self._lasting: list[_Planned] = []

    def add(self, path: str, fault: Fault, times: int | None, method: str | None) -> None:
        """Plan a fault for a path or a pattern such as ``/keys/*``; ``*`` is every path."""
        planned = _Planned(fault, path, method, times)
        with self._lock:
            if times is None:
                self._lasting.insert(0, planned)
            else:
                self._counted.append(planned)

    def clear(self) -> None:
        """Forget them all."""
        with self._lock:
            self._counted.clear()
            self._lasting.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, used up once."""
        with self._lock:
            for planned in self._fitting(method, path):
                if planned.left is not None:
                    planned.left -= 1
                return planned.fault
        return None

    def _fitting(self, method: str, path: str) -> Iterator[_Planned]:
        for planned in self._counted + self._lasting:
            if planned.fits(method, path) and planned.left != 0:
                yield planned


# The fault, if any, of the nth request (from 0) for a path at a time.
Trouble = Callable[[int, float], Fault | None]


def no_trouble(_n: int, _now: float) -> None:
    """Every answer is good."""


def every_second(n: int, now: float) -> Fault | None:
    """429 for every other request of a path, with the headers OpenRouter sends."""
    if n % 2 == 0:
        return None
    reset = str(int((now + 30) * 1000))
    limits = {"X-RateLimit-Limit": "20", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    return Fault(status=429, headers={"Retry-After": "30"} | limits)


# The first answers are good, so that there is a figure to keep; /key and /credits fail together.
FLAKY = (
    None,
    None,
    Fault(status=500),
    Fault(delay=2.0),
    Fault(cut_off=True),
    None,
    Fault(status=502),
    None,
    Fault(delay=8.0),
    Fault(status=500, body="<html>upstream error</html>", content_type="text/html"),
)


def flaky(n: int, _now: float) -> Fault | None:
    """The same ten answers again and again."""
    return FLAKY[n % len(FLAKY)]
