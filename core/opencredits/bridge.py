"""`opencredits bridge`: the process that an editor talks to, by JSON-RPC on stdin and stdout.

It ends within a second at the end of stdin, on SIGTERM, on `shutdown`, and when its stdout is closed. Bad
input is answered, and never ends it.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import NoReturn

from . import child, paths, wire
from .errors import Busy, CreditsError, InternalFault, NotARequest, NotInitialized, UnknownMethod
from .home import Home, UserHome
from .session import METHODS, Method, Session
from .wire import Request

_MOST_WAITING = 100
_FAREWELL = 0.5  # seconds to tidy up; after that the end comes all the same
_PIECE = 65536

_MEANT_FOR_EDITORS = """\
opencredits: 'opencredits bridge' is what an editor starts: it speaks JSON-RPC on stdin and stdout.
To look at your credits here, use 'opencredits status' or 'opencredits watch'; to set up an editor, see
'opencredits setup --help'.
"""


class _End(BaseException):
    """The process is to end now. Nothing that catches errors catches it."""


def main(arguments: Sequence[str]) -> NoReturn:
    """Serve one editor on stdin and stdout."""
    if os.isatty(0):
        sys.stderr.write(_MEANT_FOR_EDITORS)
        sys.exit(2)
    Bridge(_home(demo="--demo" in arguments), *_take_streams()).serve()


def _home(*, demo: bool) -> Home:
    if not demo:
        return UserHome(paths.default())
    from .demo import DemoHome

    return DemoHome()


def _take_streams() -> tuple[int, int]:
    """The streams for the protocol alone: whatever else prints, prints to nowhere."""
    streams = os.dup(0), os.dup(1)
    for mode, stream in ((os.O_RDONLY, 0), (os.O_WRONLY, 1)):
        nowhere = os.open(os.devnull, mode)
        os.dup2(nowhere, stream)
        os.close(nowhere)
    return streams


class Bridge:
    """Reads requests from one file descriptor and writes answers to another one."""

    def __init__(self, home: Home, source: int, sink: int) -> None:
        self._source = source
        self._sink = sink
        self._session = Session(home, self._notify)

    def serve(self) -> NoReturn:
        """Answer until the end of the process."""
        status = 0
        try:
            for name in ("SIGTERM", "SIGHUP"):
                if hasattr(signal, name):
                    signal.signal(getattr(signal, name), _end)
            # Ctrl-C in a terminal editor's own shell command reaches the whole group; it is not meant for us.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self._answer_all()
        except _End:
            pass
        except BaseException as exc:  # noqa: BLE001  # there is nobody else to hear of it
            self._session.log.write_exception("The bridge failed.", exc)
            status = 1
        self._end(status)

    def _answer_all(self) -> None:
        lines = wire.Lines()
        for piece in self._pieces():
            for line in lines.feed(piece):
                if line is None:
                    self._refuse(None, NotARequest(f"A line may have {wire.MOST_BYTES} bytes."))
                elif line.strip():
                    self._receive(line)

    def _pieces(self) -> Iterator[bytes]:
        """What arrives, until the end of stdin or of stdout."""
        while self._wait():
            try:
                piece = os.read(self._source, _PIECE)
            except BlockingIOError:
                continue
            if not piece:
                return
            yield piece

    def _wait(self) -> bool:
        """Wait for input, without waking up in between. False when stdout has been closed."""
        if not hasattr(select, "poll"):
            return True
        poll = select.poll()
        poll.register(self._source, select.POLLIN)
        poll.register(self._sink, 0)
        return not any(fd == self._sink for fd, _ in poll.poll())

    def _receive(self, line: bytes) -> None:
        found: object = None
        try:
            found = wire.parse(line)
            request = wire.request(found)
        except CreditsError as exc:
            self._refuse(wire.id_of(found), exc)
            return
        try:
            method = self._method(request)
        except CreditsError as exc:
            if request.expects_answer:
                self._refuse(request.id, exc)
            return
        if method.lane is None:
            self._answer(request, method)
        else:
            self._session.lanes[method.lane].put(lambda: self._answer(request, method))

    def _method(self, request: Request) -> Method:
        """How to answer. Raises what keeps it from being answered at all."""
        if not self._session.is_initialized and request.method != "initialize":
            raise NotInitialized("'initialize' has to come first.")
        method = METHODS.get(request.method)
        if method is None:
            raise UnknownMethod("There is no such method.", action=f"Known are {', '.join(METHODS)}.")
        if method.lane is not None and len(self._session.lanes[method.lane]) >= _MOST_WAITING:
            raise Busy(f"{_MOST_WAITING} requests are waiting already.")
        return method

    def _answer(self, request: Request, method: Method) -> None:
        try:
            result = method.run(self._session, request.params)
        except CreditsError as exc:
            self._session.log.write(f"{request.method}: {exc.sentence()}")
            self._refuse_if_asked(request, exc)
            return
        except Exception as exc:  # noqa: BLE001  # the one place: whatever went wrong, the editor goes on
            self._session.log.write_exception(f"{request.method} failed.", exc)
            self._refuse_if_asked(request, InternalFault(f"{request.method} failed unexpectedly."))
            return
        if request.expects_answer:
            with self._session.speaking:
                if method.shows:
                    result = {**(result or {}), "status": self._session.show()}
                self._write(wire.answer(request.id, result))
        if request.method == "shutdown":
            raise _End
        self._session.begin()

    def _refuse_if_asked(self, request: Request, error: CreditsError) -> None:
        if request.expects_answer:
            self._refuse(request.id, error)

    def _refuse(self, id: wire.Id, error: CreditsError) -> None:
        with self._session.speaking:
            self._write(wire.refusal(id, error))

    def _notify(self, method: str, about: Mapping[str, object]) -> None:
        with self._session.speaking:
            self._write(wire.notification(method, about))

    def _write(self, line: bytes) -> None:
        rest = memoryview(line)
        while rest:
            try:
                rest = rest[os.write(self._sink, rest) :]
            except BlockingIOError:  # an editor may have made its end of the pipe so
                poll = select.poll()
                poll.register(self._sink, select.POLLOUT)
                poll.poll()
            except OSError:  # nobody reads any more
                self._end(0)

    def _end(self, status: int) -> NoReturn:
        """From whatever thread: leave nothing behind, and go without waiting for the others."""
        tidying = threading.Thread(target=self._tidy, daemon=True)
        tidying.start()
        tidying.join(_FAREWELL)
        os._exit(status)

    def _tidy(self) -> None:
        child.kill_all()
        self._session.close()


def _end(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001  # as signals call it
    raise _End
