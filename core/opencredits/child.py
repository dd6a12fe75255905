"""A short-lived child process: no shell, bounded in time and output, and no key in its environment."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from .config import DEFAULT_KEY_ENV, MANAGEMENT_KEY_ENV

if TYPE_CHECKING:
    from subprocess import Popen

_KEY_MARK = "sk-or-"
# A shorter secret would hide variables that only happen to contain it.
_TELLING = 8


@dataclass(frozen=True)
class Ended:
    """How a child ended: its exit status (None: it was killed) and what it wrote to stdout."""

    fate: Literal["exited", "late", "too much"]
    status: int | None
    output: bytes = field(repr=False)


@dataclass(frozen=True)
class Hidden:
    """What a child must not see: variables by name, and secrets wherever they are in others."""

    names: tuple[str, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def and_secrets(self, secrets: Iterable[str]) -> Hidden:
        """The same and more."""
        return Hidden(self.names, (*self.secrets, *secrets))


def without_keys(environ: Mapping[str, str], hidden: Hidden) -> dict[str, str]:
    """The environment less every variable that is known to hold a key, or that looks as if it did."""
    names = {DEFAULT_KEY_ENV, MANAGEMENT_KEY_ENV, *hidden.names}
    telling = [_KEY_MARK, *(secret for secret in hidden.secrets if len(secret) >= _TELLING)]
    return {
        name: value
        for name, value in environ.items()
        if name not in names and not any(mark in value for mark in telling)
    }


def run(
    argv: Sequence[str],
    *,
    environ: Mapping[str, str],
    folder: str,
    patience: float,
    most: int,
    request: bytes | None = None,
    with_errors: bool = False,
) -> Ended:
    """Start a program in `folder`, hand it `request` on stdin, and wait up to `patience` seconds for its end.

    A child that is late or writes more than `most` bytes is killed with all that it started. stderr is
    dropped, or `with_errors` part of the output. Raises OSError when the program cannot be started.
    """
    deadline = time.monotonic() + patience
    process = _start(argv, environ, folder, takes_request=request is not None, with_errors=with_errors)
    ended = None
    try:
        ended = _follow(process, request, deadline, most)
        return ended
    finally:  # an interrupt by the user ends here as well
        if ended is None or ended.fate != "exited":
            _kill(process)
        _running.discard(process)


def kill_all() -> None:
    """Kill what is still running, and start nothing more: this process is about to end."""
    global _is_ending  # noqa: PLW0603  # like the children, it is of the whole process
    with _starting:
        _is_ending = True
    for process in list(_running):
        _kill(process)


_running: set[Popen[bytes]] = set()
_starting = threading.Lock()
_is_ending = False
_NO_WINDOW = 0x08000000 if sys.platform == "win32" else 0


def _start(
    argv: Sequence[str],
    environ: Mapping[str, str],
    folder: str,
    *,
    takes_request: bool,
    with_errors: bool,
) -> Popen[bytes]:
    import subprocess

    with _starting:
        if _is_ending:
            raise OSError("This process is about to end.")
        try:
            process = subprocess.Popen(
                argv,
                bufsize=0,
                stdin=subprocess.PIPE if takes_request else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if with_errors else subprocess.DEVNULL,
                cwd=folder,
                env=dict(environ),
                start_new_session=True,
                creationflags=_NO_WINDOW,
            )
        except ValueError as exc:  # a null byte in an argument
            raise OSError("The program cannot be started.") from exc
        _running.add(process)
    return process


def _follow(process: Popen[bytes], request: bytes | None, deadline: float, most: int) -> Ended:
    import subprocess

    output = bytearray()
    reader = threading.Thread(target=_read, args=(process, output, most), daemon=True)
    reader.start()
    if process.stdin is not None:
        _hand_over(process, request or b"")
    # Reaped only after stdout has ended: until then its process group cannot be anyone else's.
    reader.join(max(0.0, deadline - time.monotonic()))
    if len(output) > most:
        return Ended("too much", None, b"")
    if reader.is_alive():
        return Ended("late", None, b"")
    try:
        status = process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return Ended("late", None, b"")
    return Ended("exited", status, bytes(output))


def _read(process: Popen[bytes], output: bytearray, most: int) -> None:
    assert process.stdout is not None
    with process.stdout as pipe:
        while len(output) <= most and (chunk := pipe.read(65536)):
            output += chunk


def _hand_over(process: Popen[bytes], request: bytes) -> None:
    assert process.stdin is not None
    try:
        with process.stdin as pipe:
            pipe.write(request)
    except OSError:
        pass  # it ended without reading; its exit status says so


def _kill(process: Popen[bytes]) -> None:
    import signal
    import subprocess

    try:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except OSError:
        pass  # nothing of it is left
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        pass  # stuck in the kernel; subprocess reaps it later
