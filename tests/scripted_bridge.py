"""Plays the core's end of the bridge from a script: for what the real core does not do on demand.

The program is `python scripted_bridge.py FOLDER bridge`, by the standard library alone. In the folder are

- `script.json`: `{"start": [STEP, ...], METHOD: [STEP, ...], ...}`, what to do at the start, for a request;
- `cues.jsonl`: steps, one per line, that the test adds while the program runs;
- `received.jsonl`: every line that came in, and a line `{"started": PID, "argv": [...]}` for every start.

A step is an object with one of these, done in order:

| step | does |
|---|---|
| `{"result": VALUE}`, `{"error": {...}}` | answers the request; with `"chunk": N` in pieces of N bytes |
| `{"status": STATUS}` | has a new status: tells it, and answers with it from now on |
| `{"notify": METHOD, "params": {...}}` | tells something; `chunk` as above |
| `{"until": METHOD}` | waits until a request of this method has been answered |
| `{"write": TEXT}`, `{"stderr": TEXT}` | writes as it is |
| `{"exit": CODE}`, `{"kill": SIGNAL}` | ends |

A request without steps, or whose steps give no answer, gets a usual one.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

STATUS = {
    "text": "OpenRouter: $5.20",
    "short": "$5.20",
    "level": "ok",
    "state": "balance",
    "stale": False,
    "visible": True,
    "stale_at": None,
    "stale_text": "OpenRouter: $5.20 (old)",
    "tooltip": "**OpenRouter**",
    "tooltip_text": "OpenRouter",
    "read_at": "2026-11-20T20:00:00Z",
    "accounts": [],
}

PAGE = {"title": "The page", "markdown": "# It", "text": "What it is about.", "lists": []}
ACTIONS = [{"id": "stop", "title": "Stop the key"}, {"id": "mute", "title": "Mute"}]


def done(**fields: object) -> dict:
    """The step that answers to what a person wanted done; with these fields, and nothing else to show."""
    nothing = dict.fromkeys(("message", "confirm", "removed", "url", "page"))
    return {"result": {"status": STATUS, **nothing, **fields}}


def refusal(message: str, action: str | None = None) -> dict:
    """The step that refuses, and says what to do instead."""
    return {"error": {"code": -32011, "message": message, "data": {"kind": "x", "action": action}}}


def details(*rows: str) -> dict:
    """The step that answers with a page of these rows, r1 and so on; each offers ACTIONS."""
    lines = [
        {"id": f"r{number}", "text": row, "detail": None, "actions": ACTIONS}
        for number, row in enumerate(rows, 1)
    ]
    lists = [{"title": "A list", "rows": lines}]
    return {"result": {"title": "The details", "markdown": "", "text": "All of <i>it</i>", "lists": lists}}


class Script:
    """The test's side: writes the script, gives cues, reads what came in."""

    def __init__(self, folder: Path, **steps: list[dict]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.command = [sys.executable, str(Path(__file__).resolve()), str(folder)]
        (folder / "cues.jsonl").touch()
        (folder / "received.jsonl").touch()
        self.write(**steps)

    def write(self, **steps: list[dict]) -> None:
        """Another script; a program reads it when it starts."""
        (self.folder / "script.json").write_text(json.dumps(steps), encoding="utf-8")

    def cue(self, **step: object) -> None:
        """Have the running program do this now."""
        with (self.folder / "cues.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(step) + "\n")

    @property
    def received(self) -> list[dict]:
        """Every message so far, oldest first."""
        lines = (self.folder / "received.jsonl").read_text(encoding="utf-8").split("\n")
        return [json.loads(line) for line in lines[:-1]]

    def params(self, method: str) -> list[dict]:
        """The params of each message of this method."""
        return [message.get("params", {}) for message in self.received if message.get("method") == method]

    @property
    def starts(self) -> list[int]:
        """The process id of each start."""
        return [message["started"] for message in self.received if "started" in message]


class Bridge:
    """The program's side."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.script = json.loads((folder / "script.json").read_text(encoding="utf-8"))
        self.status = STATUS
        self.answered: list[str] = []
        self.changed = threading.Condition(threading.RLock())
        self.begun = threading.Event()
        self.cued = (folder / "cues.jsonl").stat().st_size  # what is there already was for one before

    def run(self) -> None:
        """Until the end of stdin, or of the script."""
        self.record({"started": os.getpid(), "argv": sys.argv[2:]})
        # Beside the reading, so that the end of stdin is the end whatever the steps wait for.
        threading.Thread(target=self.begin, daemon=True).start()
        for line in sys.stdin.buffer:
            message = json.loads(line)
            self.record(message)
            if message["method"] == "shutdown":
                return
            # Each in a thread of its own, so that a later answer can come first.
            threading.Thread(target=self.answer, args=(message,), daemon=True).start()

    def begin(self) -> None:
        self.do(self.script.get("start", []), None)
        self.begun.set()
        self.follow_cues()

    def record(self, message: dict) -> None:
        with (self.folder / "received.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(message) + "\n")

    def follow_cues(self) -> None:
        with (self.folder / "cues.jsonl").open(encoding="utf-8") as file:
            file.seek(self.cued)
            rest = ""
            while True:
                *lines, rest = (rest + file.read()).split("\n")
                self.do([json.loads(line) for line in lines], None)
                time.sleep(0.01)

    def answer(self, request: dict) -> None:
        self.begun.wait()
        method = request["method"]
        answered = self.do(self.script.get(method, []), request)
        if not answered and "id" in request:
            self.do([{"result": self.usual(method)}], request)
        with self.changed:
            self.answered.append(method)
            self.changed.notify_all()

    def usual(self, method: str) -> object:
        if method == "initialize":
            server = {"name": "scripted", "version": "0.0.0"}
            return {"protocol": 1, "server": server, "status": self.status, "faults": []}
        return {"status": self.status, "message": None, "faults": [], "confirm": None}

    def do(self, steps: list[dict], request: dict | None) -> bool:
        """Do these in order; whether one of them answered."""
        answers = [self.do_one(step, request) for step in steps]
        return any(answers)

    def do_one(self, step: dict, request: dict | None) -> bool:
        match step:
            case {"result": _} | {"error": _}:
                told = {name: step[name] for name in ("result", "error") if name in step}
                self.tell({"id": request["id"], **told}, step)
                return True
            case {"status": status}:
                self.status = status
                self.tell({"method": "status_changed", "params": {"status": status}}, step)
            case {"notify": method, "params": params}:
                self.tell({"method": method, "params": params}, step)
            case {"until": method}:
                with self.changed:
                    self.changed.wait_for(lambda: method in self.answered)
            case {"write": text}:
                self.write(text.encode())
            case {"stderr": text}:
                os.write(2, text.encode())
            case {"exit": code}:
                os._exit(code)
            case {"kill": number}:
                os.kill(os.getpid(), number)
            case _:
                os.write(2, f"unknown step {step}\n".encode())
                os._exit(99)
        return False

    def tell(self, message: dict, step: dict) -> None:
        # As UTF-8, not as ASCII: so that pieces of a line end within a character, too.
        line = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode() + b"\n"
        chunk = step.get("chunk", len(line))
        with self.changed:
            for at in range(0, len(line), chunk):
                self.write(line[at : at + chunk])
                if chunk < len(line):
                    time.sleep(0.001)  # so that each is a read of its own on the other side

    def write(self, data: bytes) -> None:
        with self.changed:
            while data:
                data = data[os.write(1, data) :]


if __name__ == "__main__":
    Bridge(Path(sys.argv[1])).run()
