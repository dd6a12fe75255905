"""A local OpenRouter, with an account that is being spent."""

import time
from collections.abc import Callable
from typing import Self

from .account import Account
from .faults import Fault
from .log import Request
from .scenario import Scenario, find_scenario
from .server import PREFIX, Desk, Server


class Simulator:
    """Serves a scenario on loopback, from `start` to `close` or inside a `with`.

    A closed one may be started again: same port, keys, account and log, as after a network outage.
    """

    def __init__(
        self,
        scenario: str | Scenario = "steady",
        *,
        clock: Callable[[], float] = time.time,
        port: int = 0,
        host: str = "127.0.0.1",
    ) -> None:
        self.scenario = scenario if isinstance(scenario, Scenario) else find_scenario(scenario)
        self.account: Account = self.scenario.open_account(clock)
        self.keys = [key.secret for key in self.account.keys]
        self.key = self.keys[0]
        self.management_key = self.account.key("management").secret
        self.host, self.port = host, port  # port 0: any free one, known after the start
        self._desk = Desk(clock, self.account, self.scenario)
        self._server: Server | None = None

    def start(self) -> Self:
        """Listen. OSError where the port is taken."""
        if self._server is None:
            self._server = Server((self.host, self.port), self._desk)
            self.port = self._server.server_address[1]
        return self

    def close(self) -> None:
        """Stop listening and end every connection."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def base_url(self) -> str:
        """What to use in the place of ``https://openrouter.ai/api/v1``."""
        return f"http://{self.host}:{self.port}{PREFIX}"

    @property
    def errors(self) -> list[BaseException]:
        """What the simulator itself stumbled over; it prints nothing. Empty, or it has a fault."""
        return self._desk.errors

    # faults

    def fault(self, path: str, fault: Fault, times: int | None = None, method: str | None = None) -> None:
        """Answer a path badly: so many times, or until cleared.

        The path may be a pattern, such as ``/keys/*``; ``*`` is every path. Counted faults come first, in the
        order they were set.
        """
        self._desk.faults.add(path, fault, times, method)

    def clear(self) -> None:
        """Answer well again."""
        self._desk.faults.clear()

    # log

    @property
    def requests(self) -> list[Request]:
        """All requests so far, oldest first."""
        return self._desk.log.read()

    def count(self, path: str | None = None, method: str | None = None) -> int:
        """How many requests there were: for a path such as ``/credits``, or in all."""
        return self._desk.log.count(path, method)

    def wait(self, path: str | None = None, count: int = 1, timeout: float = 10.0) -> bool:
        """Wait until that many requests have come in (answered or not); False if they did not in time."""
        return self._desk.log.wait(path, count, timeout)
