"""Where a key can turn up: a search through bytes, and through what child processes are started with."""

from __future__ import annotations

import base64
import os
import secrets
import string
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Self

PREFIX = "sk-or-v1-"
PART = 8


def new_key() -> str:
    """A key that nobody else has. Of more letters than hex has, so that nothing looks like a part of it."""
    return PREFIX + "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(48))


class Search:
    """Finds these keys, any eight characters of them, and the whole of one in the usual disguises."""

    def __init__(self, keys: Iterable[str]) -> None:
        tails = [key.removeprefix(PREFIX).encode() for key in keys]
        self._forms = {form: how for tail in tails for form, how in _forms(tail)}
        self._base64 = [form for tail in tails for form in _base64(tail)]

    def __call__(self, data: bytes) -> set[str]:
        """What was found."""
        text = data.lower()
        found = {how for form, how in self._forms.items() if form in text}
        return found | {"base64" for form in self._base64 if form in data}


def _forms(tail: bytes) -> Iterable[tuple[bytes, str]]:
    for at in range(len(tail) - PART + 1):
        yield tail[at : at + PART], "a part"
    yield tail[::-1], "reversed"
    yield tail.hex().encode(), "hex"
    yield "".join(f"%{byte:02x}" for byte in tail).encode(), "URL-encoded"


def _base64(tail: bytes) -> Iterable[bytes]:
    for shift in range(3):  # wherever the key begins in what was encoded
        yield base64.b64encode(tail[shift:])[:-4]


class Descendants:
    """Samples argv and environment of everything that the programs of this test start themselves.

    The programs are direct children of this process: what those are started with is the test's own choice.
    """

    def __init__(self) -> None:
        self.seen: set[tuple[bytes, bytes]] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def saw(self, word: str) -> bool:
        """Whether there was one with this in its argv."""
        return any(word.encode() in argv for argv, _ in self.seen)

    def _sample(self) -> None:
        # A Python lives some 50 ms before it does anything; what is shorter has to report itself.
        while not self._ended.wait(0.01):
            below = _children()
            for program in below.get(os.getpid(), ()):
                self._look_below(program, _read(program, "cmdline"), below)

    def _look_below(self, pid: int, argv: bytes, below: dict[int, list[int]]) -> None:
        for child in below.get(pid, ()):
            # argv first: until a child runs its own program, both are still those of its parent.
            own = _read(child, "cmdline")
            if own not in (b"", argv):
                self.seen.add((own, _read(child, "environ")))
            self._look_below(child, own, below)


def _children() -> dict[int, list[int]]:
    below: dict[int, list[int]] = {}
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        if stat := _read(int(pid), "stat"):
            below.setdefault(int(stat.rpartition(b")")[2].split()[1]), []).append(int(pid))
    return below


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:  # it has ended
        return b""
