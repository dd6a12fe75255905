"""The far end of the OpenRouter client: answers by path without a network, and sockets that misbehave."""

import contextlib
import socket
import threading
from datetime import UTC, datetime

import httpx

from opencredits.keys import Key, Keys
from opencredits.providers.openrouter import OpenRouter

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
HOME = "https://openrouter.ai/api/v1"

SECRET = "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"
MANAGEMENT_SECRET = "sk-or-v1-e1d2c3b4a5968778695a4b3c2d1e0f1029384756abcdef0192837465fedcba98"
ORDINARY = Key(SECRET, "ordinary", "editor", "the editor")
MANAGEMENT = Key(MANAGEMENT_SECRET, "management", "editor", "the editor")
ONE, OTHER, BOTH = Keys(ORDINARY), Keys(None, MANAGEMENT), Keys(ORDINARY, MANAGEMENT)

SIX_FIELDS = {  # what /key said in 2025
    "label": "sk-or-v1-au7...890",
    "usage": 94.8,
    "limit": None,
    "limit_remaining": None,
    "is_free_tier": False,
    "rate_limit": {"requests": -1, "interval": "10s"},
}
CREDITS = {"total_credits": 100, "total_usage": 94.8}


def ok(data, **headers):
    """A good answer."""
    return httpx.Response(200, json={"data": data}, headers=headers)


def refusal(status, message="Only management keys can perform this operation", **headers):
    """An error in OpenRouter's own form."""
    return httpx.Response(status, json={"error": {"code": status, "message": message}}, headers=headers)


class FarEnd:
    """Answers each path with a response, or raises what it is given; remembers the requests."""

    def __init__(self, answers):
        self.answers = {"/key": ok(SIX_FIELDS), "/credits": ok(CREDITS)} | answers
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers.get(request.url.path.removeprefix("/api/v1"), refusal(404, "Not found"))
        if isinstance(answer, Exception):
            raise answer
        # A response can be read once only.
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def asked(self):
        """Path and secret of each request."""
        return [
            (each.url.path.removeprefix("/api/v1"), each.headers["Authorization"].removeprefix("Bearer "))
            for each in self.requests
        ]


def client(answers=None, *, base_url=HOME):
    """A client, and the far end that it talks to."""
    far_end = FarEnd(answers or {})
    return OpenRouter(base_url, transport=httpx.MockTransport(far_end)), far_end


def read(answers=None, keys=ONE, **how):
    """One poll; by default the ordinary key gets true figures."""
    return client(answers)[0].read(keys, NOW, **how)


def fault(answers=None, keys=ONE, part="key"):
    """The fault of one part of a poll."""
    return getattr(read(answers, keys), part).fault


def http(body, status="200 OK", *headers, length=None):
    """An answer as bytes."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


GOOD_KEY = http(b'{"data":{"usage":1.25,"limit":null,"is_free_tier":false}}')
GOOD_CREDITS = http(b'{"data":{"total_credits":100,"total_usage":94.8}}')


class Server:
    """Listens on loopback, and gives each connection to `handle(connection)` in a thread."""

    def __init__(self, handle, *, context=None):
        self.handle = handle
        self.context = context
        self.connections = []
        self.seen = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.base_url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}/api/v1"
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        # Wakes accept(), which close() alone does not.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for each in self.connections:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _accept(self):
        threads = []
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections.append(connection)
                threads.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
                threads[-1].start()
        for each in threads:
            each.join()

    def _serve(self, connection):
        # The client goes away in the middle in many of these tests.
        with connection, contextlib.suppress(OSError):
            if self.context:
                with self.context.wrap_socket(connection, server_side=True) as encrypted:
                    self.handle(encrypted)
            else:
                self.handle(connection)

    def requests(self, connection):
        """The head of each request of a connection, as they come."""
        buffered = b""
        while data := connection.recv(65536):
            buffered += data
            while b"\r\n\r\n" in buffered:
                head, _, buffered = buffered.partition(b"\r\n\r\n")
                self.seen.append(head.decode())
                yield head.decode()


def serving(answer, **how):
    """A server that answers each request with `answer(head)`: bytes, or None to hang."""

    def handle(connection):
        for head in server.requests(connection):
            answered = answer(head)
            if answered is not None:
                connection.sendall(answered)

    server = Server(handle, **how)
    return server


def good(head):
    """True figures for any request."""
    return GOOD_CREDITS if "/credits " in head else GOOD_KEY


DRIPPING_HEADERS = b"HTTP/1.1 200 OK\r\nX-Padding: " + b"x" * 9000


def dripping(data, **how):
    """A server that sends a byte at a time, for longer than anyone would wait."""

    def handle(connection):
        for _ in server.requests(connection):
            for byte in data:
                connection.sendall(bytes([byte]))
                never.wait(0.02)

    never = threading.Event()
    server = Server(handle, **how)
    return server


def wait_for_requests():
    """Until the threads of requests that were given up have ended."""
    for thread in threading.enumerate():
        if thread.name == "opencredits-request":
            thread.join(10)
            assert not thread.is_alive()
