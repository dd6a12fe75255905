"""An account that is being spent, in time-lapse, against the simulator: to try the product without a key."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import NoReturn, Self

from .config import (
    ALERT_SETTINGS,
    DEFAULT_ACCOUNT,
    SETTINGS,
    AccountSettings,
    Config,
    Settings,
    parse_value,
)
from .config.alert_settings import SWITCHES
from .errors import KeyUnusable
from .handed_keys import HandedKeys
from .keyring_store import KeyKind
from .keys import Key, Keys
from .moment import from_unix
from .monitor import Monitor
from .simulator import SCENARIOS, Fault, Simulator
from .status import Status
from .store import Store

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


class Stage:
    """The simulator, a monitor that watches it, and the story that is played on it. Leaves no file behind."""

    def __init__(self) -> None:
        self.clock = _TimeLapse(_SPEED)
        self.simulator = Simulator(replace(SCENARIOS["steady"], workloads=()), clock=self.clock)
        self.act = _STORY[0]
        self._spent_until = 0.0

    def __enter__(self) -> Self:
        self.simulator.start()
        account = self.simulator.account
        account.top_up(_AT_FIRST - account.balance)
        self.store = Store(None)
        self.monitor = self.watching(self.config())
        return self

    def __exit__(self, *_: object) -> None:
        self.monitor.close()
        self.store.close()
        self.simulator.close()

    def config(self) -> Config:
        """One account, asked as often as may be."""
        watched = AccountSettings(DEFAULT_ACCOUNT, base_url=self.simulator.base_url)
        settings = Settings(update_interval=timedelta(minutes=1), rate_window=10)
        return Config(settings, {DEFAULT_ACCOUNT: watched})

    def watching(self, config: Config) -> Monitor:
        """A monitor in the simulated time."""
        keys = OneKey(self.simulator.key)
        return Monitor(config, self.store, keys, None, clock=lambda: from_unix(self.clock()))

    def look(self) -> Status:
        """What the status bar shows now."""
        self.monitor.poll_if_due()
        return self.monitor.status()

    def play(self) -> Iterator[None]:
        """The story, frame by frame."""
        began = self.clock.elapsed()
        for self.act in _STORY:
            self.simulator.clear()
            if self.act.down:
                self.simulator.fault("*", Fault(status=503))
            while self.clock.elapsed() - began < self.act.until * 60:
                self._spend()
                yield
                time.sleep(_FRAME)

    def play_for_ever(self) -> None:
        """The story again and again; credits are bought in between."""
        while True:
            for _ in self.play():
                pass
            account = self.simulator.account
            account.top_up(_AT_FIRST - account.balance)

    def _spend(self) -> None:
        elapsed = self.clock.elapsed()
        hours = Decimal(str(round(elapsed - self._spent_until, 3))) / 3600
        self._spent_until = elapsed
        if self.act.dollars_per_hour and self.simulator.account.balance > 0:
            self.simulator.account.spend(self.act.dollars_per_hour * hours)


class DemoHome:
    """What a session stands on in the demo: the stage, and nothing of the user's own."""

    log: str | None = None
    tick = 0.25

    def __init__(self) -> None:
        self._stage = Stage().__enter__()
        self._config = self._stage.config()
        self.keyring = NoKeyring()
        threading.Thread(target=self._stage.play_for_ever, daemon=True).start()

    def config(self) -> Config:
        """That of the stage."""
        return self._config

    def config_version(self) -> object:
        """Another one after `save`."""
        return self._config

    def save(self, name: str, text: str) -> None:
        """For this demo alone. Raises ConfigError."""
        known, value = parse_value(name, text)
        config, alerts = self._config, self._config.alerts
        if known is SETTINGS.get(name):
            self._config = replace(config, settings=replace(config.settings, **{name: value}))
        elif known is ALERT_SETTINGS.get(name):
            self._config = replace(config, alerts=replace(alerts, **{name: value}))
        elif known is SWITCHES.get(known.name):
            off = alerts.off - {known.name} if value else alerts.off | {known.name}
            self._config = replace(config, alerts=replace(alerts, off=off))

    def finder(self, config: Config, handed: HandedKeys) -> OneKey:  # noqa: ARG002
        """The simulator's own key."""
        return OneKey(self._stage.simulator.key)

    def monitor(self, config: Config, handed: HandedKeys) -> Monitor:  # noqa: ARG002
        """In the time of the stage."""
        return self._stage.watching(config)


class OneKey:
    """Where the demo's key comes from: from the simulator, and never from the user's keyring."""

    def __init__(self, secret: str) -> None:
        self._key = Key(secret, "ordinary", "environment", "the simulator")

    def find(self, account: AccountSettings) -> Keys:  # noqa: ARG002
        """The same key for every account."""
        return Keys(ordinary=self._key)


class NoKeyring:
    """The demo takes no keys, since none is to be sent to the simulator: raises KeyUnusable."""

    def read(self, *accounts: str) -> NoReturn:  # noqa: ARG002
        """See the class."""
        raise KeyUnusable("The demo takes no keys.", action="Switch 'demo' off to use your own.")

    def write(self, account: str, kind: KeyKind, secret: str) -> NoReturn:  # noqa: ARG002
        """See the class."""
        self.read(account)

    def remove(self, account: str, kind: KeyKind) -> NoReturn:  # noqa: ARG002
        """See the class."""
        self.read(account)

    def ask_again(self) -> None:
        """It is never late."""


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
