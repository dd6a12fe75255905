"""The client against real sockets: one connection, and an end to everything that hangs or breaks."""

import contextlib
import gc
import gzip
import socket
import struct
import threading

import httpx
import pytest

from far_end import (
    BOTH,
    DRIPPING_HEADERS,
    GOOD_KEY,
    HOME,
    NOW,
    ONE,
    Server,
    dripping,
    good,
    http,
    serving,
    wait_for_requests,
)
from opencredits.keys import Key, Keys
from opencredits.providers.openrouter import OpenRouter
from opencredits.simulator import Fault, Simulator

PATIENCE = 0.3  # seconds for a request that is meant to hang


def poll(server, **how):
    """One poll of a server."""
    return OpenRouter(server.base_url, **how).read(BOTH, NOW)


def kinds(reading):
    """What went wrong with each part; None where nothing did."""
    return tuple(part.fault and part.fault.kind for part in (reading.key, reading.credits))


@pytest.fixture
def simulator():
    with Simulator("steady") as simulator:
        yield simulator


def simulated(simulator, **how):
    """One poll of the simulator with its ordinary key."""
    keys = Keys(Key(simulator.key, "ordinary", "editor", "the editor"))
    return OpenRouter(simulator.base_url, **how).read(keys, NOW)


def test_one_poll_is_one_connection():
    with serving(good) as server:
        assert poll(server).succeeded
    assert len(server.connections) == 1
    assert [head.split()[1] for head in server.seen] == ["/api/v1/key", "/api/v1/credits"]


def test_older_name_of_key_is_asked_on_the_same_connection():
    with serving(lambda head: http(b"", "404 Not Found") if "/v1/key " in head else good(head)) as server:
        assert kinds(poll(server)) == (None, None)
    assert len(server.connections) == 1
    assert len(server.seen) == 3


def test_nothing_stays_open_after_a_poll():
    ended = threading.Event()

    def handle(connection):
        for head in server.requests(connection):
            connection.sendall(good(head))
        ended.set()

    with Server(handle) as server:
        poll(server)
        assert ended.wait(10)


def test_the_simulator_is_read(simulator):
    reading = simulated(simulator)
    assert reading.spendable() is not None
    assert simulator.count() == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(hang=True), "timeout"),
        (Fault(reset=True), "reset"),
        (Fault(cut_off=True), "cut_off"),
        (Fault(status=429), "rate_limited"),
        (Fault(status=200, size=2 * 1024 * 1024), "too_large"),
    ],
    ids=["hang", "reset", "cut off", "429", "too large"],
)
@pytest.mark.parametrize("path", ["/key", "/credits"])
def test_one_part_in_trouble_leaves_the_other(simulator, path, fault, kind):
    """The next request uses a fresh connection where the one before was given up."""
    simulator.fault(path, fault)
    reading = simulated(simulator, patience=1 if fault.hang else 2.3)
    assert kinds(reading) == ((kind, None) if path == "/key" else (None, kind))
    assert simulator.count() == 2


def test_both_hanging():
    with serving(lambda head: None) as server:
        assert kinds(poll(server, patience=PATIENCE)) == ("timeout", "timeout")
    assert len(server.connections) == 2


def test_older_name_of_key_has_no_patience_of_its_own():
    """Both names together take longer than one question may, so that a poll ends within five seconds."""

    def answer(head):
        if "/credits " not in head:
            never.wait(0.4)
        return http(b"", "404 Not Found") if "/v1/key " in head else good(head)

    never = threading.Event()
    with serving(answer) as server:
        assert kinds(poll(server, patience=0.6)) == ("timeout", None)


@pytest.mark.parametrize(
    "data",
    [http(b"", length=9000) + b" " * 9000, DRIPPING_HEADERS],
    ids=["body", "headers"],
)
def test_answer_that_drips(data):
    """Each byte comes in time, so that only a deadline for the whole ends it, and its thread as well."""
    with dripping(data) as server:
        assert kinds(poll(server, patience=PATIENCE)) == ("timeout", "timeout")
        wait_for_requests()


def test_given_up_request_lets_go_of_its_connection():
    """Its thread is woken, rather than left to a server that never stops."""
    gone = threading.Event()

    def handle(connection):
        next(server.requests(connection))
        with contextlib.suppress(OSError):
            while connection.recv(1):
                pass
        gone.set()

    with Server(handle) as server:
        OpenRouter(server.base_url, patience=PATIENCE).read(ONE, NOW, ask_credits=False)
        assert gone.wait(10)


def test_given_up_request_that_ends_well_is_cleared_away():
    """Its answer came too late to be used, so that nobody else would close its connection."""

    class Late(httpx.BaseTransport):
        def handle_request(self, request):
            answer.wait(10)
            return httpx.Response(200)

        def close(self):
            closed.append(self)

    answer, closed = threading.Event(), []
    reading = OpenRouter(HOME, transport=Late(), patience=0.1).read(ONE, NOW, ask_credits=False)
    before = len(closed)
    answer.set()
    wait_for_requests()
    assert (reading.key.fault.kind, before, len(closed)) == ("timeout", 0, 1)


def test_black_hole():
    """The system accepts for a server that never looks."""
    with socket.create_server(("127.0.0.1", 0), backlog=5) as listening:
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}/api/v1"
        reading = OpenRouter(base_url, patience=PATIENCE).read(BOTH, NOW)
    assert kinds(reading) == ("timeout", "timeout")


def test_name_server_that_never_answers(monkeypatch):
    """Looking up a name blocks inside of the system, which no time-out of a socket ends."""
    answer, asked = threading.Event(), []

    def getaddrinfo(host, *_, **__):
        asked.append(host)
        answer.wait(10)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    reading = OpenRouter("https://openrouter.ai/api/v1", patience=PATIENCE).read(BOTH, NOW)
    answer.set()
    wait_for_requests()
    assert kinds(reading) == ("timeout", "timeout")
    assert asked == ["openrouter.ai", "openrouter.ai"]


def test_late_name_sends_no_late_request(monkeypatch):
    """What was given up before it had a connection does not ask when it gets one."""
    real, resolve = socket.getaddrinfo, threading.Event()

    def getaddrinfo(host, *rest, **more):
        resolve.wait(10)
        return real(host, *rest, **more)

    with serving(good) as server:
        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        reading = poll(server, patience=PATIENCE)
        resolve.set()
        wait_for_requests()
    assert kinds(reading) == ("timeout", "timeout")
    gc.collect()  # a connection that was left open would be found
    assert server.seen == []


def test_refused():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert kinds(OpenRouter(f"http://127.0.0.1:{port}").read(BOTH, NOW)) == ("refused", "refused")


@pytest.mark.parametrize("name", ["nothing.invalid", f"{'x' * 64}.invalid"])
def test_name_that_does_not_exist(name, no_proxies):
    assert kinds(OpenRouter(f"https://{name}").read(ONE, NOW)) == ("dns", "dns")


@pytest.fixture
def no_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_reset():
    def handle(connection):
        next(server.requests(connection))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with Server(handle) as server:
        assert kinds(poll(server)) == ("reset", "reset")


@pytest.mark.parametrize(
    "sent", [b"", b"HTTP/1.1 200 OK\r\nContent-"], ids=["nothing", "half of the headers"]
)
def test_closed_without_an_answer(sent):
    def handle(connection):
        next(server.requests(connection))
        connection.sendall(sent)

    with Server(handle) as server:
        assert kinds(poll(server)) == ("reset", "reset")


@pytest.mark.parametrize(
    "sent",
    [http(b'{"data":', length=500), b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"],
    ids=["length", "chunks"],
)
def test_body_that_is_cut_off(sent):
    def handle(connection):
        next(server.requests(connection))
        connection.sendall(sent)

    with Server(handle) as server:
        assert kinds(poll(server)) == ("cut_off", "cut_off")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, "invalid_key"), (429, "rate_limited"), (500, "server_error"), (302, "redirect")],
)
def test_status_counts_although_its_body_never_comes(status, kind):
    """It says enough by itself, and Retry-After came with it."""
    answer = http(b"{", f"{status} Status", "Retry-After: 60", length=500)
    with serving(lambda head: answer) as server:
        reading = OpenRouter(server.base_url, patience=0.8).read(ONE, NOW, ask_credits=False)
    assert reading.key.fault.kind == kind
    assert reading.retry_at == NOW.replace(minute=1)


def test_status_counts_although_its_body_is_cut_off():
    def handle(connection):
        next(server.requests(connection))
        connection.sendall(http(b"{", "401 Unauthorized", length=500))

    with Server(handle) as server:
        assert kinds(poll(server)) == ("invalid_key", "invalid_key")


def test_403_without_its_body_is_not_judged():
    """Only the body tells whether OpenRouter itself refused."""
    answer = http(b'{"error":', "403 Forbidden", length=500)
    with serving(lambda head: answer) as server:
        assert kinds(poll(server, patience=PATIENCE)) == ("timeout", "timeout")


@pytest.mark.parametrize("sent", [b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"\x00\x01\x02\r\n\r\n"])
def test_other_end_that_does_not_speak_http(sent):
    with serving(lambda head: sent) as server:
        assert kinds(poll(server)) == ("not_http", "not_http")


@pytest.mark.parametrize(
    "headers", ["Content-Length: 50000000", "Transfer-Encoding: chunked"], ids=["length", "chunks"]
)
def test_body_of_50_megabytes_is_not_read_to_its_end(headers):
    """The server gets rid of a fraction of it."""
    sent = []

    def handle(connection):
        next(server.requests(connection))
        connection.sendall(f"HTTP/1.1 200 OK\r\n{headers}\r\n\r\n".encode())
        for _ in range(50):
            connection.sendall(b"f4240\r\n" + b" " * 1_000_000 + b"\r\n")
            sent.append(1_000_000)

    with Server(handle) as server:
        reading = OpenRouter(server.base_url).read(ONE, NOW, ask_credits=False)
    assert kinds(reading) == ("too_large", None)
    # What the buffers of both sockets hold comes on top of the one megabyte that was read.
    assert sum(sent) < 25_000_000


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(status):
    """Neither to another host nor to the same one: the key is not sent there."""
    with serving(good) as other:
        answer = http(b"", f"{status} Moved", f"Location: {other.base_url}/key")
        with serving(lambda head: answer) as server:
            assert kinds(poll(server)) == ("redirect", "redirect")
    assert other.connections == []
    assert len(server.seen) == 2


@pytest.mark.parametrize("location", ["https://example.com:port/", "http://[", "\u00e9", ""])
def test_redirect_to_nowhere_is_a_redirect_all_the_same(location):
    with serving(lambda head: http(b"", "302 Found", f"Location: {location}")) as server:
        assert kinds(poll(server)) == ("redirect", "redirect")


def test_compressed_answer_is_not_unpacked():
    """Nobody asked for it, and a few bytes of it can be gigabytes."""
    body = gzip.compress(GOOD_KEY.partition(b"\r\n\r\n")[2])
    with serving(lambda head: http(body, "200 OK", "Content-Encoding: gzip")) as server:
        assert kinds(poll(server)) == ("not_json", "not_json")


def test_answer_in_chunks():
    chunks = b"".join(b"%x\r\n%b\r\n" % (1, bytes([byte])) for byte in GOOD_KEY.partition(b"\r\n\r\n")[2])
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
    with serving(lambda head: answer) as server:
        assert OpenRouter(server.base_url).read(ONE, NOW, ask_credits=False).key.value.limit is None


def test_connection_that_the_server_closes_after_each_answer():
    with serving(lambda head: good(head).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)) as server:
        assert kinds(poll(server)) == (None, None)
    assert len(server.connections) == 2
