"""Whose turn it is to poll: at most one process at a time, and never one that is dead."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import timedelta

LEASE_TIME = timedelta(seconds=15)

_UNKNOWN = "-"


@dataclass(frozen=True)
class Lease:
    """The right to poll one series. `token` is new with each lease, so that a late holder is recognised."""

    series_id: int
    token: str


def this_process() -> str:
    """A name for this process that no other one gets: boot and pid namespace, pid, start time."""
    pid = os.getpid()
    return f"{_machine()}:{pid}:{_start_time(pid) or _UNKNOWN}"


def new_token(holder: str) -> str:
    """A lease's token, from which its holder can be read."""
    return f"{holder}#{os.urandom(6).hex()}"


def holder_of(token: str) -> str:
    """The holder that a token was made for."""
    return token.partition("#")[0]


def is_dead(holder: str) -> bool:
    """Whether a holder is surely gone."""
    return lives(holder) is False


def lives(holder: str) -> bool | None:
    """None where nobody can tell: of another host or boot, or on another platform."""
    machine, _, rest = holder.rpartition(":")[0].rpartition(":")
    started = holder.rpartition(":")[2]
    if machine != _machine() or not rest.isdecimal():
        return None
    if started != _UNKNOWN:
        return _start_time(int(rest)) == started
    return None if sys.platform == "win32" else _exists(int(rest))


def _machine() -> str:
    """This boot of this host, and the pid namespace (a container sees other pids under the same boot)."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return f"{file.read().strip()}/{os.readlink('/proc/self/ns/pid')[5:-1]}"
    except OSError:
        import platform

        return f"{platform.node()}/{_UNKNOWN}"


def _start_time(pid: int) -> str | None:
    """In clock ticks since boot; None for a process that is gone, or a zombie, or where there is no /proc."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            state, *fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if state in "ZX" else fields[18]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
