"""What a bridge costs that starts, and one that polls."""

from __future__ import annotations

import json
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from bridge_client import CLIENT, Bridge
from installation import Installation
from opencredits.simulator import Simulator

from . import process
from .home import Home
from .rounds import medians
from .table import Figure, Row
from .tls import encrypted

MANY = 20
PEAKS = 5
PARAMS = {"protocol": 1, "client": CLIENT}
INITIALIZE = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": PARAMS}


def measure(program: Installation, folder: Path, rounds: int) -> Iterator[Row | str]:
    """From start to the first answer; memory of the poller; requests of many."""
    with Simulator("steady") as sim:
        home = Home(program, folder / "polled", sim)
        home.poll()
        bare, bridge = "python -c pass", "bridge, start to answer to initialize"
        found = medians(
            {bare: lambda: run_bare(program, home), bridge: lambda: first_answer(program, home)}, rounds
        )
        yield Row(found[bridge], "ms", found[bare], times=4.5)
        if sys.platform != "linux":
            yield "Memory and requests are not measured: only Linux tells when a bridge is at rest."
            return
        with encrypted(sim, folder) as address:
            homes = [Home(program, folder / f"fresh {n}", sim) for n in range(PEAKS)]
            peaks = [poller_peak(program, home, address) for home in homes]
        yield Row(Figure("bridge that has polled", statistics.median(peaks)), "MiB peak", most=40)
        asked = requests_of_many(program, home, sim)
        yield Row(Figure(f"requests of {MANY} bridges, one poll due", asked), "", most=2)


def run_bare(program: Installation, home: Home) -> float:
    """Milliseconds of an interpreter that does nothing, from start to end."""
    started = time.perf_counter()
    subprocess.run([program.python, "-c", "pass"], env=home.environ, check=True)
    return (time.perf_counter() - started) * 1000


def first_answer(program: Installation, home: Home) -> float:
    """Milliseconds from start to the answer to `initialize`."""
    pipe = subprocess.PIPE
    started = time.perf_counter()
    with subprocess.Popen([program.script, "bridge"], env=home.environ, stdin=pipe, stdout=pipe) as bridge:
        assert bridge.stdin is not None
        assert bridge.stdout is not None
        bridge.stdin.write(json.dumps(INITIALIZE).encode() + b"\n")
        bridge.stdin.flush()
        answer = bridge.stdout.readline()
        took = time.perf_counter() - started
        bridge.stdin.close()
    assert json.loads(answer)["result"]["status"]["state"] == "balance"
    return took * 1000


def poller_peak(program: Installation, home: Home, address: Mapping[str, str]) -> float:
    """MiB that a bridge had resident at most when it has polled, and shows what it learned."""
    home.set("accounts.default.base_url", address["base_url"])
    environ = {**home.environ, "SSL_CERT_FILE": address["certificates"]}
    with Bridge.start(program.script, environ) as bridge:
        bridge.initialize()
        bridge.wait_shown(lambda status: status["state"] == "balance")
        process.wait_at_rest([bridge.pid])
        return process.peak(bridge.pid)


def requests_of_many(program: Installation, home: Home, sim: Simulator) -> int:
    """How often bridges that start together ask when a poll is due."""
    with sqlite3.connect(home.database) as db:
        db.execute("UPDATE series SET finished_at = finished_at - 3600")
    db.close()
    sim.account.top_up(Decimal(1000))
    before = sim.count()
    bridges = [Bridge.start(program.script, home.environ) for _ in range(MANY)]
    try:
        for bridge in bridges:
            bridge.send("initialize", **PARAMS)
        for bridge in bridges:
            bridge.wait_shown(lambda status: "$1," in status["text"])
        process.wait_at_rest([bridge.pid for bridge in bridges])
    finally:
        for bridge in bridges:
            bridge.kill()
    return sim.count() - before
