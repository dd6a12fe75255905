"""`opencredits demo`: the whole thing in time-lapse, against a simulator, without a key."""

from __future__ import annotations

import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Self

import click

from ..config import DEFAULT_ACCOUNT, AccountSettings, Config, Settings
from ..keys import Key, Keys
from ..moment import from_unix
from ..monitor import Monitor
from ..paths import Paths
from ..simulator import SCENARIOS, Fault, Simulator
from ..status import Status
from ..store import Store
from .watch import redraw

_SPEED = 110.0  # simulated seconds in one real second
_FRAME = 0.1  # real seconds
_AT_FIRST = Decimal("7.50")  # dollars


@dataclass(frozen=True)
class Act:
    """A part of the story: until when (simulated minutes), what is spent, and whether the API answers."""

    title: str
    until: float
    dollars_per_hour: Decimal
    down: bool = False


_STORY = (
    Act("A coding agent is at work", 11, Decimal("2.40")),
    Act("OpenRouter does not answer: the last figure stays, with its age", 17, Decimal("2.40"), down=True),
    Act("It answers again", 24, Decimal("2.40")),
    Act("A runaway: the agent loops", 32, Decimal(58)),
    Act("Empty: requests fail until credits are bought", 36, Decimal(0)),
)


@click.command()
@click.option("--once", is_flag=True, help="Print one status line and end.")
def demo(once: bool) -> None:
    """Show an account being spent, in time-lapse (about 20 seconds). Needs no key and leaves nothing behind.

    A local simulator stands in for OpenRouter; the rest is the real thing: what you see is what the
    status bar of an editor would show.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing is left behind then either
    state = tempfile.TemporaryDirectory(prefix="opencredits-demo-", ignore_cleanup_errors=True)
    with state as folder, _Stage(folder) as stage:
        if once:
            click.echo(stage.look().text)
        else:
            redraw(stage.play(), lambda: stage.act.title)


class _TimeLapse:
    """A clock that begins now and runs faster than time."""

    def __init__(self, speed: float) -> None:
        self._began = time.time()
        self._started = time.monotonic()
        self._speed = speed

    def __call__(self) -> float:
        return self._began + self.elapsed()

    def elapsed(self) -> float:
        """Simulated seconds since the beginning."""
        return (time.monotonic() - self._started) * self._speed


class _OneKey:
    """Where the demo's key comes from: from the simulator, and never from the user's keyring."""

    def __init__(self, secret: str) -> None:
        self._key = Key(secret, "ordinary", "environment", "the simulator")

    def find(self, account: AccountSettings) -> Keys:  # noqa: ARG002
        """The same key for every account."""
        return Keys(ordinary=self._key)


class _Stage:
    """The simulator, a monitor that watches it, and the story that is played on it."""

    def __init__(self, folder: str) -> None:
        self.clock = _TimeLapse(_SPEED)
        self.simulator = Simulator(replace(SCENARIOS["steady"], workloads=()), clock=self.clock)
        self.act = _STORY[0]
        self._folder = folder
        self._spent_until = 0.0

    def __enter__(self) -> Self:
        self.simulator.start()
        account = self.simulator.account
        account.top_up(_AT_FIRST - account.balance)
        self.store = Store(Paths(self._folder, self._folder).database)
        watched = AccountSettings(DEFAULT_ACCOUNT, base_url=self.simulator.base_url)
        settings = Settings(update_interval=timedelta(minutes=1), rate_window=10)
        self.monitor = Monitor(
            Config(settings, {DEFAULT_ACCOUNT: watched}),
            self.store,
            _OneKey(self.simulator.key),
            None,
            clock=lambda: from_unix(self.clock()),
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.monitor.close()
        self.store.close()
        self.simulator.close()

    def look(self) -> Status:
        """What the status bar shows now."""
        self.monitor.poll_if_due()
        return self.monitor.status()

    def play(self) -> Iterator[Status]:
        """The story, frame by frame."""
        for self.act in _STORY:
            self.simulator.clear()
            if self.act.down:
                self.simulator.fault("*", Fault(status=503))
            while self.clock.elapsed() < self.act.until * 60:
                self._spend()
                yield self.look()
                time.sleep(_FRAME)

    def _spend(self) -> None:
        elapsed = self.clock.elapsed()
        hours = Decimal(str(round(elapsed - self._spent_until, 3))) / 3600
        self._spent_until = elapsed
        if self.act.dollars_per_hour and self.simulator.account.balance > 0:
            self.simulator.account.spend(self.act.dollars_per_hour * hours)
