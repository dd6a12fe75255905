"""What a bridge costs that has nothing to do: it has found its keys, and somebody else has polled."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bridge_client import Bridge
from installation import Installation
from opencredits.simulator import Simulator

from . import process
from .home import Home
from .table import Figure, Row

MANY = 20
SETTLED = 60  # seconds; what was not found at the start is looked for again after a minute
WATCHED = 60  # seconds
WAITS = "import os; os.write(1, b'.'); os.read(0, 1)"
WAKES = "import time\nwhile True: time.sleep(1.9)"  # as often as a bridge; what that costs is the machine's


def measure(program: Installation, folder: Path, rounds: int) -> Iterator[Row | str]:  # noqa: ARG001
    """Memory, alone and together; wake-ups and work."""
    if sys.platform != "linux":
        yield "Idle bridges are not measured: only Linux tells what they cost."
        return
    with Simulator("steady") as sim:
        home = Home(program, folder / "home", sim)
        home.set("update_interval", "24h")
        home.set("adaptive", "false")
        home.poll()
        asked = sim.count()
        bare = Figure("python -c that waits, alone", bare_size(program, home))
        bridges = [idle_bridge(program, home)]
        try:
            process.wait_at_rest([bridges[0].pid])
            alone = Figure("idle bridge, alone", process.size(bridges[0].pid))
            yield Row(alone, "MiB PSS", bare, times=2.5)
            bridges += [idle_bridge(program, home) for _ in range(MANY - 1)]
            pids = [bridge.pid for bridge in bridges]
            process.wait_at_rest(pids)
            sizes = statistics.mean(process.size(pid, len(pids)) for pid in pids)
            yield Row(Figure(f"idle bridge, mean of {MANY} together", sizes), "MiB PSS", bare, times=1.8)
            yield from at_work(program, home, pids)
        finally:
            for bridge in bridges:
                bridge.kill()
        yield Row(Figure(f"requests of {MANY} idle bridges", sim.count() - asked), "", most=0)


def bare_size(program: Installation, home: Home) -> float:
    """MiB of an interpreter that waits on stdin."""
    command, pipe = [str(program.python), "-c", WAITS], subprocess.PIPE
    with subprocess.Popen(command, env=home.environ, stdin=pipe, stdout=pipe) as bare:
        assert bare.stdin is not None
        assert bare.stdout is not None
        bare.stdout.read(1)
        size = process.size(bare.pid)
        bare.stdin.close()
    return size


def idle_bridge(program: Installation, home: Home) -> Bridge:
    """One that shows what is stored."""
    bridge = Bridge.start(program.script, home.environ)
    status = bridge.initialize()["status"]
    assert status["state"] == "balance"
    return bridge


def at_work(program: Installation, home: Home, pids: list[int]) -> Iterator[Row]:
    """What each of many does while nothing happens, on average."""
    waking = [
        subprocess.Popen([str(program.python), "-c", WAKES], env=home.environ) for _ in range(MANY // 4)
    ]
    try:
        time.sleep(SETTLED)
        watched = [*pids, *(each.pid for each in waking)]
        before = [process.activity(pid) for pid in watched]
        time.sleep(WATCHED)
        done = [process.activity(pid) - was for pid, was in zip(watched, before, strict=True)]
    finally:
        for each in waking:
            each.kill()
            each.wait()
    bridges, bare = done[: len(pids)], done[len(pids) :]
    wakes = statistics.mean(each.wakes for each in bridges) / WATCHED
    yield Row(Figure("idle bridge, wake-ups", wakes), "a second", most=1)
    work, least = (statistics.mean(each.milliseconds for each in some) for some in (bridges, bare))
    twin = Figure("python -c that wakes as often", least)
    # A clock tick, in which the kernel counts the time of a process.
    yield Row(Figure(f"idle bridge, work in {WATCHED} s", work), "ms", twin, most=10)
