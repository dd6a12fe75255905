"""Whatever an editor sends: the bridge answers protocol and nothing else, and never dies of it."""

import json
import random
import sys

import pytest

from bridge_client import Home
from opencredits.session import METHODS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="clean homes are XDG's")

LINES = 100_000
BEFORE = 20_000  # of them come before `initialize`
BATCH = 2_000  # after so many lines a good request has to be answered

# Those after which much has to be looked at anew are asked now and then.
SLOW = [name for name, method in METHODS.items() if method.lane or name == "settings"]
QUICK = [name for name in METHODS if name not in SLOW and name not in ("initialize", "shutdown")]
NAMES = [
    "account",
    "key",
    "kind",
    "name",
    "value",
    "subject",
    "action",
    "confirm",
    "focused",
    "format",
    "accounts",
]
WORDS = [
    "default",
    "nope",
    "ordinary",
    "refresh",
    "account:default",
    "format",
    "1m",
    "",
    "\ud800",
    "ä",
    "😀",
    "\x00",
]
GOOD_NUMBERS = ["0", "-0", "1", "1.5", "1e-999", "1E2", "9" * 400]
BAD_NUMBERS = ["1e999", "-1e999", "NaN", "Infinity", "-Infinity", "01", "9" * 5000]
MARKS = [
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b",",
    b":",
    b"\\",
    b"\\u",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\r",
]


class Fuzz:
    """Lines from a seed, so that what fails fails again."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def lines(self, count):
        """So many, with their ends, less than all of which are lines of JSON."""
        kinds = {self.request: 20, self.near_miss: 50, self.noise: 20, self.odd: 10, self.nested: 1}
        for number in range(count):
            (kind,) = self.random.choices([*kinds], kinds.values())
            line = kind() if number % 20_000 != 19_999 else b" " * 10_000_000
            yield line.replace(b"\n", b"") + self.random.choice([b"\n", b"\n", b"\n", b"\r\n", b"\n\n"])

    def noise(self):
        """Any bytes."""
        return self.random.randbytes(self.random.randrange(60))

    def request(self):
        """A request, with params that may be of a wrong form, and an id of any type, or none."""
        method = self.random.choice([*QUICK, "initialize", "nope", "\ud800"])
        if self.random.random() < 0.01:
            method = self.random.choice(SLOW)
        params = self.object(3) if self.random.random() < 0.8 else self.value(3)
        id = json.dumps(self.random.choice([*WORDS, 1, 1.5])) if self.random.random() < 0.8 else self.value(1)
        fields = [f'"method": {json.dumps(method)}', f'"params": {params}', f'"id": {id}']
        chosen = [each for each in fields if self.random.random() < 0.95]
        return ("{" + ", ".join(['"jsonrpc": "2.0"', *chosen]) + "}").encode()

    def near_miss(self):
        """A request in which something was lost, doubled or put in."""
        line = self.request()
        for _ in range(self.random.randrange(1, 4)):
            begin, end = sorted(self.random.choices(range(len(line) + 1), k=2))
            end = min(end, begin + 6)
            between = self.random.choice([b"", line[begin:end] * 2, self.random.choice(MARKS)])
            line = line[:begin] + between + line[end:]
        return line

    def odd(self):
        """JSON that is no request: batches, scalars, answers."""
        batch = "[" + ", ".join(self.request().decode() for _ in range(self.random.randrange(3))) + "]"
        answer = f'{{"jsonrpc": "2.0", "id": {self.value(0)}, "result": {self.value(2)}}}'
        return self.random.choice([batch, answer, self.value(2), "", " ", "\ufeff{}"]).encode()

    def nested(self):
        """Deeper than anybody can read, or just as deep as that."""
        limits = (960, 1480, 9960)  # of Python 3.11, 3.12 and 3.13
        depth = self.random.choice(
            [10, 500, *(limit + self.random.randrange(40) for limit in limits), 100_000]
        )
        opening, closing = self.random.choice([("[", "]"), ('{"a":', "}")])
        inside = opening * depth + self.random.choice(["1", ""]) + closing * depth
        params = f'{{"format": {inside}}}'
        return f'{{"jsonrpc": "2.0", "id": 1, "method": "settings", "params": {params}}}'.encode()

    def value(self, depth):
        """Any JSON, and some that is none."""
        kind = self.random.randrange(8 if depth else 5)
        if kind < 2:
            return json.dumps(self.random.choice(WORDS))
        if kind < 4:
            return self.random.choice(GOOD_NUMBERS if self.random.random() < 0.97 else BAD_NUMBERS)
        if kind == 4:
            return self.random.choice(["true", "false", "null"])
        if kind == 5:
            return "[" + ", ".join(self.value(depth - 1) for _ in range(self.random.randrange(4))) + "]"
        return self.object(depth)

    def object(self, depth):
        """The same, but an object, with names that mean something."""
        inside = [self.value(depth - 1) for _ in range(self.random.randrange(4))]
        return "{" + ", ".join(f'"{self.random.choice(NAMES)}": {each}' for each in inside) + "}"


def is_protocol(message):
    """Whether it is an answer, an error or a notification of JSON-RPC, and no more than that."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return False
    match {name: each for name, each in message.items() if name != "jsonrpc"}:
        case {"id": _, "result": _, **rest} | {"method": str(), "params": dict(), **rest}:
            return not rest
        case {
            "id": _,
            "error": {"code": int(), "message": str(), "data": {"kind": str(), "action": str()}},
            **rest,
        }:
            return not rest
    return False


def send(bridge, lines, random):
    """In pieces that end anywhere, with a good request now and then; each of them has to be answered."""
    good = "status" if bridge.shown else "initialize"
    for number, begin in enumerate(range(0, len(lines), BATCH)):
        id = f"good {good} {number}"
        request = {"jsonrpc": "2.0", "id": id, "method": good, "params": {"protocol": 2}}
        rest = memoryview(b"".join([*lines[begin : begin + BATCH], json.dumps(request).encode(), b"\n"]))
        while rest:
            cut = random.choice([1, 100, 5_000, 70_000])
            bridge.write(rest[:cut])
            rest = rest[cut:]
        bridge.wait(lambda id=id: bridge.has_answered(id), f"the answer {id}")


def test_it_answers_protocol_and_nothing_else_and_never_dies(cli):
    """There is no key here, so that nobody is asked over the network."""
    fuzz = Fuzz(20261121)
    with Home(cli.script, cli.home) as home:
        bridge = home.start()
        send(bridge, [*fuzz.lines(BEFORE)], fuzz.random)
        bridge.initialize()
        send(bridge, [*fuzz.lines(LINES - BEFORE)], fuzz.random)
        assert bridge.request("settings", **dict.fromkeys(("format", "accounts")))["faults"] == []
        assert bridge.request("status")["status"]["visible"]
        assert bridge.strays == []
        assert [each for each in bridge.messages if not is_protocol(each)] == []
        codes = {each["error"]["code"] for each in bridge.messages if "error" in each}
        assert codes >= {-32700, -32600, -32601, -32602, -32002, -32061}
        assert -32603 not in codes
        assert bridge.request("shutdown") is None
        assert (bridge.wait_ended(), bridge.stderr) == (0, b"")
        assert "Traceback" not in home.log.read_text()
