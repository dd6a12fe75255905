"""HTTP: reads requests, sends replies, and is never brought down by either."""

import os
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from socketserver import TCPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl

from .account import Account
from .errors import error_body
from .faults import Fault, Faults
from .log import Log, Request
from .reply import JSON, Reply, make_reply, padding, pieces
from .routes import answer
from .scenario import Scenario
from .wire import dump

PREFIX = "/api/v1"
MOST = 1 << 20  # bytes of a request's body


@dataclass(frozen=True)
class Desk:
    """What answers are made from, and what is noted about them; outlives a server."""

    clock: Callable[[], float]
    account: Account
    scenario: Scenario
    faults: Faults = field(default_factory=Faults)
    log: Log = field(default_factory=Log)
    errors: list[BaseException] = field(default_factory=list)  # the simulator's own mistakes


class Server(ThreadingHTTPServer):
    """Serves one desk; a thread for each connection."""

    daemon_threads = True
    request_queue_size = 256  # many processes may start at once
    allow_reuse_address = os.name != "nt"  # there, it would let two servers have one port
    allow_reuse_port = False

    def __init__(self, address: tuple[str, int], desk: Desk) -> None:
        self.desk = desk
        self.closing = Event()  # ends every wait of a handler
        self.numbers = count(1)  # of connections
        self._connections: set[socket.socket] = set()
        super().__init__(address, Handler)
        self._serving = Thread(target=self.serve, name="simulator", daemon=True)
        self._serving.start()

    def server_bind(self) -> None:
        """Bind without asking DNS for our own name, as HTTPServer would."""
        TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that it can be ended."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """End a connection."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, *_: object) -> None:
        """Print nothing: clients go away in the middle, and tests make them."""
        if (error := sys.exception()) and not isinstance(error, OSError):
            self.desk.errors.append(error)

    def serve(self) -> None:
        """Answer until closed."""
        while not self.closing.is_set():
            self.handle_request()

    def close(self) -> None:
        """Stop listening and end every connection, also those that hang."""
        self.closing.set()
        with suppress(OSError):  # a last caller wakes `serve`, which would have to look around otherwise
            socket.create_connection(self.socket.getsockname()[:2], timeout=1).close()
        self._serving.join(timeout=1)
        self.server_close()
        for connection in list(self._connections):
            with suppress(OSError):  # it may have ended by itself
                connection.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Number the connection."""
        super().setup()
        self.number = next(self.server.numbers)

    @property
    def desk(self) -> Desk:
        """What it answers from."""
        return self.server.desk

    def respond(self) -> None:
        """Answer one request."""
        if (body := self._read_body()) is None:
            self.send_error(400)
            return
        request = self._request()
        entry = self.desk.log.add(request)
        fault = self.desk.faults.take(request.method, request.path)
        fault = fault or self.desk.scenario.trouble(entry.n, request.at) or Fault()
        if self.server.closing.wait(None if fault.hang else fault.delay):
            self.close_connection = True
        elif fault.reset:
            self._reset()
        else:
            reply = make_reply(fault, lambda: self._answer(request, body), self._header("Authorization"))
            entry.answered(reply.status)
            self._send(reply, fault)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond  # noqa: N815 - named by http.server

    def _header(self, name: str) -> str:
        return str(self.headers.get(name, ""))

    def _read_body(self) -> bytes | None:
        """The body, or None where it cannot be told where it ends."""
        length = self._header("Content-Length") or "0"
        if not (length.isdecimal() and len(length) < 10 and int(length) <= MOST):
            return None
        return None if self._header("Transfer-Encoding") else self.rfile.read(int(length))

    def _request(self) -> Request:
        path, query = self._target()
        scheme, _, secret = self._header("Authorization").partition(" ")
        return Request(
            method=self.command,
            path=path,
            query=dict(parse_qsl(query, keep_blank_values=True)),
            status=None,
            key=secret.strip() if scheme.lower() == "bearer" and secret.strip() else None,
            at=self.desk.clock(),
            headers={name.lower(): str(value) for name, value in self.headers.items()},
            connection=self.number,
        )

    def _target(self) -> tuple[str, str]:
        """Path and query; the path begins where the API does, also if that is further up."""
        target = self.path
        if not target.startswith("/"):  # the form in which a proxy is asked
            target = "/" + target.partition("://")[2].partition("/")[2]
        path, _, query = target.partition("?")
        return path.removeprefix(PREFIX) if path.startswith(PREFIX + "/") else f"/../..{path}", query

    def _answer(self, request: Request, body: bytes) -> tuple[int, dict[str, object]]:
        """The good answer to a request."""
        account, scenario = self.desk.account, self.desk.scenario
        return answer(account, scenario, request.method, request.path, request.query, request.key, body)

    def _send(self, reply: Reply, fault: Fault) -> None:
        parts = pieces(reply.body, fault) if reply.has_body else iter(())
        self._send_head(reply, fault)
        for part in parts:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part) if fault.chunked else part)
            if fault.drip and self.server.closing.wait(fault.drip):
                break
        if fault.chunked and not fault.cut_off:
            self.wfile.write(b"0\r\n\r\n")

    def _send_head(self, reply: Reply, fault: Fault) -> None:
        headers = {"Date": formatdate(self.desk.clock(), usegmt=True)} | reply.headers
        if fault.chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif reply.has_body:
            headers["Content-Length"] = str(padding(reply.body, fault) + len(reply.body))
        if fault.cut_off:
            headers["Connection"] = "close"
        self.send_response_only(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _reset(self) -> None:
        """End the connection with a TCP reset."""
        self.close_connection = True
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        # Detached, or the server would say good-bye properly before it closes.
        socket.close(self.connection.detach())

    def send_error(self, code: int, *_: object, **__: object) -> None:
        """What could not be read as a request is refused, in JSON as well."""
        self.close_connection = True
        self.request_version = self.protocol_version  # or a line without one would be answered without head
        body = dump(error_body(int(code))).encode()
        self._send(Reply(int(code), {"Content-Type": JSON, "Connection": "close"}, body), Fault())
