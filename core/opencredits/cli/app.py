"""What the commands share: the parts of the core, made when a command first needs them."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import Self

import click

from .. import paths
from ..config import Config, load
from ..keys import KeyFinder
from ..log import Log
from ..monitor import Monitor
from ..store import Store


class App:
    """One run of the command line."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "store" in self.__dict__:
            self._say_trouble()
        for made in ("monitor", "store"):
            if made in self.__dict__:
                self.__dict__[made].close()

    @cached_property
    def paths(self) -> paths.Paths:
        """Where files are."""
        return paths.default()

    @cached_property
    def config(self) -> Config:
        """The effective options; what could not be used is named on stderr."""
        return self.use_config(load(self.paths.config))

    def use_config(self, loaded: Config) -> Config:
        """Go on with these options."""
        self.__dict__["config"] = loaded
        for fault in loaded.faults:
            click.echo(f"opencredits: {fault}", err=True)
        return loaded

    @cached_property
    def finder(self) -> KeyFinder:
        """Where keys come from."""
        return KeyFinder(accounts=self.config.accounts.values())

    @cached_property
    def store(self) -> Store:
        """The shared readings; where they cannot be used, a store in memory, said on stderr at the end."""
        return Store(self.paths.database)

    @cached_property
    def monitor(self) -> Monitor:
        """The watched accounts. `status.json` follows the configuration file alone."""
        return Monitor(self.config, self.store, self.finder, self.paths, log=Log(self.paths.log, "alerts"))

    def use_stored_only(self) -> None:
        """Look at what is stored, without making a file where there is none."""
        self.__dict__["store"] = Store.existing(self.paths.database)

    def _say_trouble(self) -> None:
        """Last, because it may have begun while we were at work."""
        if self.store.trouble is not None:
            click.echo(f"opencredits: {self.store.trouble.sentence()}", err=True)


pass_app = click.make_pass_decorator(App)
