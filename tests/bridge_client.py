"""An editor's end of a bridge: starts the installed program, asks it, and keeps what it says.

    home = Home(script, folder, sim)                # a user's home whose account is the simulator's
    with home.bridge() as bridge:                   # started and initialized
        bridge.request("refresh")["status"]["text"]
        bridge.wait_shown(lambda status: status["level"] == "low")

Every wait ends with a failure after PATIENCE, which is for what hangs and measures nothing. It is shorter
than the 30 seconds after which a session looks at everything anew, so that what it missed is noticed.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from installation import clean_environ

if TYPE_CHECKING:
    from opencredits.simulator import Simulator

PATIENCE = 20.0
CLIENT = {"name": "test", "version": "1"}

Status = dict[str, Any]


class Refused(Exception):
    """A request was answered with an error."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]
        self.kind: str = error["data"]["kind"]
        self.action: str = error["data"]["action"]


class Bridge:
    """One bridge process. `shown` is the newest status that it has told, as an adapter would show it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.messages: list[Any] = []
        """Each line of stdout, decoded."""
        self.strays: list[bytes] = []
        """Each line of stdout that is no JSON."""
        self.stderr = b""
        self.shown: Status | None = None
        self._answers: dict[object, Any] = {}
        self._sent = 0
        self._changed = threading.Condition()
        self._ended = False
        self._readers = [threading.Thread(target=each) for each in (self._read_stdout, self._read_stderr)]
        for reader in self._readers:
            reader.start()

    @classmethod
    def start(cls, script: str | Path, environ: Mapping[str, str], *options: str) -> Self:
        """`opencredits bridge` with these options, not initialized yet."""
        pipe = subprocess.PIPE
        command = [str(script), "bridge", *options]
        return cls(subprocess.Popen(command, bufsize=0, env=environ, stdin=pipe, stdout=pipe, stderr=pipe))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self.process.pid

    def initialize(self, **more: object) -> dict[str, Any]:
        """The result of `initialize` with the usual params and these."""
        result: dict[str, Any] = self.request("initialize", **{"protocol": 1, "client": CLIENT, **more})
        return result

    def request(self, method: str, /, **params: object) -> Any:
        """The result. Raises Refused."""
        return self.answer(self.send(method, **params))

    def send(self, method: str, /, **params: object) -> str:
        """Ask without waiting; returns the id for `answer`."""
        self._sent += 1
        id = f"request {self._sent}"
        self.write_json({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
        return id

    def answer(self, id: object) -> Any:
        """The result of what was sent. Raises Refused."""
        self.wait(lambda: id in self._answers, f"the answer {id!r}")
        found = self._answers[id]
        if "error" in found:
            raise Refused(found["error"])
        return found["result"]

    def has_answered(self, id: object) -> bool:
        """Whether an answer has come."""
        return id in self._answers

    def notify(self, method: str, /, **params: object) -> None:
        """Tell, expecting no answer."""
        self.write_json({"jsonrpc": "2.0", "method": method, "params": params})

    def write_json(self, message: object) -> None:
        """One line."""
        self.write(json.dumps(message).encode() + b"\n")

    def write(self, data: bytes) -> None:
        """Any bytes, all of them."""
        assert self.process.stdin is not None
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self.process.stdin.fileno(), rest) :]

    def told(self, method: str) -> list[dict[str, Any]]:
        """The params of all notifications of this name so far."""
        with self._changed:
            return [each["params"] for each in self.messages if each.get("method") == method]

    def wait_told(
        self, method: str, fits: Callable[[dict[str, Any]], object] = lambda params: True
    ) -> dict[str, Any]:
        """The first notification of this name that fits; it may have come already."""
        fitting = [*filter(fits, self.told(method))]
        if not fitting:
            self.wait(lambda: any(map(fits, self.told(method))), f"a fitting {method}")
            fitting = [*filter(fits, self.told(method))]
        return fitting[0]

    def wait_shown(self, fits: Callable[[Status], object]) -> Status:
        """The status that is shown once it fits; it may do so already."""
        self.wait(lambda: self.shown is not None and fits(self.shown), "a fitting status")
        assert self.shown is not None
        return self.shown

    def wait(self, condition: Callable[[], object], what: str) -> None:
        """Wait until this is so. Fails when it is not in time, or cannot be because the process has ended."""
        deadline = time.monotonic() + PATIENCE
        with self._changed:
            while not condition():
                left = deadline - time.monotonic()
                assert left > 0, f"{what} did not come in time; shown is {self.shown}"
                assert not self._ended, f"{what} did not come before the end; stderr: {self.stderr!r}"
                self._changed.wait(left)

    def close_stdin(self) -> None:
        """As an editor that ends."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def wait_ended(self) -> int:
        """The exit status."""
        status = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        return status

    def kill(self) -> None:
        """If it is still there; wait for its end, and close the pipes."""
        self.process.kill()
        self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def _read_stdout(self) -> None:
        assert self.process.stdout is not None
        begun = b""
        while piece := _read(self.process.stdout.fileno()):
            *lines, begun = (begun + piece).split(b"\n")
            with self._changed:
                for line in lines:
                    self._take(line)
                self._changed.notify_all()
        with self._changed:
            self.strays += [begun] if begun else []
            self._ended = True
            self._changed.notify_all()

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            self.strays.append(line)
            return
        self.messages.append(message)
        if "id" in message:
            self._answers[message["id"]] = message
        told = message.get("result") or message.get("params")
        if isinstance(told, dict) and "status" in told:
            self.shown = told["status"]

    def _read_stderr(self) -> None:
        assert self.process.stderr is not None
        while piece := _read(self.process.stderr.fileno()):
            self.stderr += piece


class Home:
    """A user's home whose only account is a simulated one; its key comes from the environment.

    Without `sim` nothing is configured. All bridges are killed at the end of a `with`.
    """

    def __init__(self, script: str | Path, folder: Path, sim: Simulator | None = None) -> None:
        self.script = script
        self.folder = folder
        self.sim = sim
        self.state = folder / ".local" / "state" / "opencredits"
        self.log = self.state / "opencredits.log"
        self.database = self.state / "opencredits.db"
        self.status_file = self.state / "status.json"
        self.config = folder / ".config" / "opencredits" / "config.toml"
        self.env: dict[str, str | None] = {}
        self._bridges: list[Bridge] = []
        if sim is not None:
            self.env = {"OPENROUTER_API_KEY": sim.key}
            self.configure()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for bridge in self._bridges:
            bridge.kill()

    def configure(self, top: str = "", *, account: str = "", more: str = "") -> None:
        """Write `config.toml`: options, options of the account `default`, and whole tables."""
        address = f'base_url = "{self.sim.base_url}"\n' if self.sim else ""
        self.config.parent.mkdir(parents=True, exist_ok=True)
        text = f"{top}\n[accounts.default]\n{address}{account}\n{more}\n"
        draft = self.config.with_suffix(".draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.config)  # in one step: without an address, OpenRouter itself would be asked

    def sql(self, statement: str, *values: object) -> list[Any]:
        """What a person with a database browser would do to the stored readings."""
        with closing(sqlite3.connect(self.database, timeout=10)) as db, db:
            return db.execute(statement, values).fetchall()

    def environ(self, env: Mapping[str, str | None] | None = None) -> dict[str, str]:
        """Of a program in this home."""
        return clean_environ(self.folder, {**self.env, **(env or {})})

    def start(self, *options: str, env: Mapping[str, str | None] | None = None) -> Bridge:
        """A bridge that is not initialized yet."""
        bridge = Bridge.start(self.script, self.environ(env), *options)
        self._bridges.append(bridge)
        return bridge

    def bridge(
        self, *options: str, env: Mapping[str, str | None] | None = None, **initialize: object
    ) -> Bridge:
        """A bridge that is initialized with these params besides the usual ones."""
        bridge = self.start(*options, env=env)
        bridge.initialize(**initialize)
        return bridge


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, 1 << 20)
    except OSError:
        return b""
