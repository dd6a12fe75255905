"""One connection, on which every request ends by its deadline, whatever hangs."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from ... import __version__
from ...errors import ProviderError
from . import offline
from .redaction import Redaction
from .surroundings import open_client, proxy_for

LARGEST_BODY = 1024 * 1024

# A failing status says enough by itself, except that 403 may come from the API or from something before it.
_BODY_MATTERS = frozenset({200, 403})


@dataclass(frozen=True)
class Answer:
    """What came back; nothing of any key is left in `body`."""

    status: int
    body: bytes = field(default=b"", repr=False)
    is_whole: bool = True
    """False where it is longer than a megabyte, so that the rest was not read."""
    date: str | None = None
    retry_after: str | None = None
    rate_limit_reset: str | None = None


class Connection:
    """Asks one address, over one kept-alive connection as long as nothing hangs."""

    def __init__(
        self, url: httpx.URL, redaction: Redaction, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._url = url
        self._redaction = redaction
        self._transport = transport
        self._line: _Line | None = None

    def get(self, path: str, secret: str, deadline: float) -> Answer:
        """Ask, until `deadline` of the monotonic clock. Raises Unreachable or UnexpectedAnswer."""
        line = self._line or _Line(self._url, self._transport)
        exchange = _Exchange(line, path, secret, deadline, self._redaction)
        outcome = exchange.outcome()
        self._line = None if line.is_given_up else line
        if isinstance(outcome, Answer):
            return outcome
        raise outcome

    def close(self) -> None:
        """Let go of the connection."""
        if self._line:
            self._line.close()
            self._line = None


class _Line:
    """A client, and the socket below it."""

    def __init__(self, url: httpx.URL, transport: httpx.BaseTransport | None) -> None:
        self.url = url
        self.proxy = proxy_for(url) if transport is None else None
        self.is_given_up = False
        self._transport = transport
        self._client: httpx.Client | None = None
        self._socket: socket.socket | None = None

    def client(self) -> httpx.Client:
        """Opened at first use, because reading certificates takes its time as well."""
        self._client = self._client or open_client(self.url, self.proxy, self._transport)
        return self._client

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Called by httpx at each step: remembers the socket, and closes one that nobody waits for."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = info["return_value"]
            self._socket = stream.get_extra_info("socket")
            if self.is_given_up:
                stream.close()  # before anything is sent

    def give_up(self) -> None:
        """Wake a thread that waits for the server; one that looks up a name cannot be woken."""
        self.is_given_up = True
        if self._socket:
            with contextlib.suppress(OSError):  # it may be closed already
                # Not SSLSocket's own method, which pulls the encryption from under the waiting thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connection."""
        if self._client:
            self._client.close()


class _Exchange:
    """One request in a thread of its own, so that whoever waits for it can stop waiting.

    The time-outs of httpx are for single steps: a name server that is silent, or an answer that comes a byte
    at a time, would outlast them all.
    """

    def __init__(self, line: _Line, path: str, secret: str, deadline: float, redaction: Redaction) -> None:
        self._line = line
        self._host = line.url.host
        self._path = path
        self._secret = secret
        self._deadline = deadline
        self._redaction = redaction
        self._lock = threading.Lock()
        self._outcome: Answer | Exception | None = None
        self._early: Answer | None = None
        self._has_headers = False

    def outcome(self) -> Answer | Exception:
        """The answer, or what went wrong instead, at the deadline at the latest."""
        thread = threading.Thread(target=self._run, name="opencredits-request", daemon=True)
        thread.start()
        thread.join(max(0.0, self._deadline - time.monotonic()))
        with self._lock:
            if self._outcome is None:
                self._line.give_up()
            return self._outcome or self._early or offline.too_late(self._host)

    def _run(self) -> None:
        outcome = self._ask_safely()
        with self._lock:
            self._outcome = outcome
            is_late = self._line.is_given_up
        if is_late:
            self._line.close()

    def _ask_safely(self) -> Answer | Exception:
        """Returns what went wrong, because nobody would catch it in this thread."""
        try:
            return self._ask()
        except ProviderError as exc:
            return exc.with_traceback(None)
        except (httpx.HTTPError, OSError, ValueError) as exc:
            failure = offline.failure(exc, self._host, self._line.proxy, in_body=self._has_headers)
            return self._early or failure
        except Exception as exc:  # noqa: BLE001 - a bug, which is raised where somebody waits
            return exc

    def _ask(self) -> Answer:
        with self._line.client().stream(
            "GET",
            f"{self._line.url}{self._path}",
            headers=_headers(self._secret),
            timeout=max(0.001, self._deadline - time.monotonic()),
            extensions={"trace": self._line.trace},
        ) as response:
            self._has_headers = True
            if response.status_code not in _BODY_MATTERS:
                self._early = self._answer(response, b"", is_whole=True)
            body = self._body(response)
            return self._answer(response, body or b"", is_whole=body is not None)

    def _body(self, response: httpx.Response) -> bytes | None:
        """None when it is too long."""
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if len(body) > LARGEST_BODY:
                return None
        return bytes(body)

    def _answer(self, response: httpx.Response, body: bytes, *, is_whole: bool) -> Answer:
        header: Callable[[str], str | None] = response.headers.get
        return Answer(
            response.status_code,
            self._redaction.hide(body),
            is_whole,
            date=header("Date"),
            retry_after=header("Retry-After"),
            rate_limit_reset=header("X-RateLimit-Reset"),
        )


def _headers(secret: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {secret}",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": f"opencredits/{__version__}",
    }
