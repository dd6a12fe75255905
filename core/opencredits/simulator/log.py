"""What the simulator was asked, for tests to count."""

from dataclasses import dataclass, field, replace
from threading import Condition


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    method: str
    path: str  # without /api/v1
    query: dict[str, str]
    status: int | None  # None: not answered, or not yet
    key: str | None = field(repr=False)  # the secret that was sent
    at: float  # by the simulator's clock
    headers: dict[str, str] = field(repr=False)  # names in lower case
    connection: int = 0  # requests of one connection have the same number


class Log:
    """All requests, oldest first; may be read while it is written."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._requests: list[Request] = []

    def add(self, request: Request) -> "Entry":
        """Note a request that has come in."""
        with self._changed:
            entry = Entry(self, len(self._requests), self._count(request.path, None))
            self._requests.append(request)
            self._changed.notify_all()
        return entry

    def answered(self, place: int, status: int) -> None:
        """Note what a request was answered with."""
        with self._changed:
            self._requests[place] = replace(self._requests[place], status=status)

    def read(self) -> list[Request]:
        """A copy of the log."""
        with self._changed:
            return list(self._requests)

    def count(self, path: str | None = None, method: str | None = None) -> int:
        """How many requests there were for a path, or in all."""
        with self._changed:
            return self._count(path, method)

    def wait(self, path: str | None, count: int, timeout: float) -> bool:
        """Wait until so many requests came in; False if they did not in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count(path, None) >= count, timeout)

    def _count(self, path: str | None, method: str | None) -> int:
        return sum(path in (None, r.path) and method in (None, r.method) for r in self._requests)


@dataclass(frozen=True)
class Entry:
    """A request's place in the log."""

    log: Log
    place: int
    n: int  # how many there were before for the same path

    def answered(self, status: int) -> None:
        """Note its answer."""
        self.log.answered(self.place, status)
