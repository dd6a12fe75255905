"""What there is: each place for an adapter, and what is installed there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from .. import child
from ..errors import SetupRefused
from . import EDITORS
from .adapter import Adapter


@dataclass(frozen=True)
class Found:
    """A place for the adapter of the editor `name`, and the version there, or why it is not known."""

    name: str
    adapter: Adapter
    installed: str | None = None
    trouble: str | None = None

    @property
    def state(self) -> str | None:
        """What there is to say; None where nothing is."""
        if self.trouble or self.installed is None:
            return self.trouble
        ours = "" if self._is_current else f", here is {self.adapter.version}"
        return f"adapter {self.installed}{ours}"

    @property
    def is_wanted(self) -> bool:
        """Whether to offer it."""
        return bool(self.adapter.program) and not self.trouble and not self._is_current

    @property
    def _is_current(self) -> bool:
        # A marketplace keeps its own up to date.
        return self.installed is not None and self.adapter.version in {None, self.installed}


def survey() -> list[Found]:
    """All places of all editors, those as well whose program was not found."""
    with ThreadPoolExecutor() as pool:  # a program of VS Code's family takes most of a second
        try:
            return list(pool.map(lambda place: _look(*place), _places()))
        except KeyboardInterrupt:
            child.kill_all()
            raise


def is_any_left(besides: Sequence[Adapter]) -> bool:
    """Whether an adapter is anywhere but in these places; one that is not known counts."""
    gone = {adapter.place for adapter in besides}
    return any(_look(name, adapter).state for name, adapter in _places() if adapter.place not in gone)


def _places() -> Iterator[tuple[str, Adapter]]:
    for name, find in EDITORS.items():
        for adapter in find().adapters():
            yield name, adapter


def _look(name: str, adapter: Adapter) -> Found:
    try:
        return Found(name, adapter, installed=adapter.installed())
    except SetupRefused as exc:
        return Found(name, adapter, trouble=exc.sentence())
