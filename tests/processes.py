"""What /proc tells of other processes."""

from __future__ import annotations

from pathlib import Path


def is_running(pid: int) -> bool:
    """Whether a process does anything: one that has ended may wait long for its parent."""
    return _state_and_parent(pid)[0] not in "ZX"


def children(pid: int) -> list[int]:
    """The processes that run right below this one."""
    pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return [each for each in pids if _state_and_parent(each)[1] == pid and is_running(each)]


def _state_and_parent(pid: int) -> tuple[str, int]:
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
    except OSError:  # it has ended
        return "X", 0
    return state, int(parent)
