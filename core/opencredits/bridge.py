"""`opencredits bridge`: the process that an editor talks to, by JSON-RPC on stdin and stdout.

It ends within a second at the end of stdin, on SIGTERM, on `shutdown`, and when its stdout is closed. Bad
input is answered, and never ends it. Whatever is slow to import is imported after the first answer.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from functools import partial

from . import wire
from .errors import CreditsError, InternalFault, NotARequest, NotInitialized, UnknownMethod
from .first_answer import first_answer

TYPE_CHECKING = False  # as type checkers understand it; importing typing would cost more than all the rest
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import FrameType
    from typing import NoReturn

    from .session import Lane, Method, Session
    from .wire import Request

_FAREWELL = 0.5  # seconds to tidy up; after that the end comes all the same
_PIECE = 65536
_ROOM = getattr(select, "PIPE_BUF", 512)  # bytes that never block once there is room

_MEANT_FOR_EDITORS = """\
opencredits: 'opencredits bridge' is what an editor starts: it speaks JSON-RPC on stdin and stdout.
To look at your credits here, use 'opencredits status' or 'opencredits watch'; to set up an editor, see
'opencredits setup --help'.
"""


def main(arguments: Sequence[str]) -> NoReturn:
    """Serve one editor on stdin and stdout."""
    try:
        streams = None if os.isatty(0) else _take_streams()
    except OSError:  # one of them is closed
        streams = None
    if streams is None:
        sys.stderr.write(_MEANT_FOR_EDITORS)
        sys.exit(2)
    Bridge(*streams, demo="--demo" in arguments).serve()


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

    def __init__(self, source: int, sink: int, *, demo: bool = False) -> None:
        self._source = source
        self._sink = sink
        self._demo = demo
        # Wakes up whoever waits: a signal that comes just before a wait would be noticed only after it.
        self._signals, self._signalled = os.pipe()
        self._speaking = threading.RLock()
        self._session: Session | None = None
        self._methods: Mapping[str, Method] = {}
        self._lanes: Mapping[str, Lane] = {}

    def serve(self) -> NoReturn:
        """Answer until the end of the process."""
        status = 0
        try:
            self._heed_signals()
            self._answer_all()
        except BaseException as exc:  # noqa: BLE001  # there is nobody else to hear of it
            self._say_why(exc)
            status = 1
        self._end(status)

    def _heed_signals(self) -> None:
        if hasattr(select, "poll"):
            os.set_blocking(self._signalled, False)
            signal.set_wakeup_fd(self._signalled)
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._told_to_end)
        # Ctrl-C in a terminal editor's own shell command reaches the whole group; it is not meant for us.
        signal.signal(signal.SIGINT, signal.SIG_IGN)

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
        return not hasattr(select, "poll") or self._sink not in self._ready(select.POLLIN, 0)

    def _receive(self, line: bytes) -> None:
        found: object = None
        try:
            found = wire.parse(line)
            request = wire.request(found)
        except CreditsError as exc:
            self._refuse(wire.id_of(found), exc)
            return
        try:
            self._dispatch(request)
        except CreditsError as exc:
            self._refuse_if_asked(request, exc)

    def _dispatch(self, request: Request) -> None:
        """Answer now, or on a lane. Raises what keeps it from being answered at all."""
        if self._session is None or not self._session.is_initialized:
            if request.method != "initialize":
                raise NotInitialized("'initialize' has to come first.")
            self._initialize(request)
            return
        method = self._methods.get(request.method)
        if method is None:
            known = ", ".join(self._methods)
            raise UnknownMethod("There is no such method.", action=f"Known are {known}.")
        if method.lane is None:
            self._answer(self._session, request, method)
        else:
            self._lanes[method.lane].put(partial(self._answer, self._session, request, method))

    def _initialize(self, request: Request) -> None:
        """What is stored is answered first; only then is the session imported that finds out the rest."""
        first = None if self._demo else first_answer(request.params)
        if first is not None and request.expects_answer:
            self._write(wire.answer(request.id, first))
        if self._session is None:
            self._session = self._new_session()
        awaited = request.expects_answer and first is None
        request = wire.Request(request.method, request.params, request.id, expects_answer=awaited)
        self._answer(self._session, request, self._methods[request.method])
        if self._session.is_initialized:
            self._session.begin(first and first["status"])

    def _new_session(self) -> Session:
        from .home import user_home
        from .session import METHODS, Lane, Session

        self._methods = METHODS
        self._lanes = {method.lane: Lane() for method in METHODS.values() if method.lane}
        if self._demo:
            from .demo import DemoHome

            return Session(DemoHome(), self._speaking, self._notify)
        return Session(user_home(), self._speaking, self._notify)

    def _answer(self, session: Session, request: Request, method: Method) -> None:
        try:
            result = method.run(session, request.params)
            if request.expects_answer:
                with self._speaking:
                    if method.shows:
                        result = {**(result or {}), "status": session.show()}
                    self._write(wire.answer(request.id, result))
        except CreditsError as exc:
            session.log.write(f"{request.method}: {exc.sentence()}")
            self._refuse_if_asked(request, exc)
            return
        except Exception as exc:  # noqa: BLE001  # the one place: whatever went wrong, the editor goes on
            session.log.write_exception(f"{request.method} failed.", exc)
            self._refuse_if_asked(request, InternalFault(f"{request.method} failed unexpectedly."))
            return
        if request.method == "shutdown":
            self._end(0)

    def _refuse_if_asked(self, request: Request, error: CreditsError) -> None:
        if request.expects_answer:
            self._refuse(request.id, error)

    def _refuse(self, id: wire.Id, error: CreditsError) -> None:
        with self._speaking:
            self._write(wire.refusal(id, error))

    def _notify(self, method: str, about: Mapping[str, object]) -> None:
        with self._speaking:
            self._write(wire.notification(method, about))

    def _write(self, line: bytes) -> None:
        rest = memoryview(line)
        while rest:
            self._wait_for_room()
            try:
                rest = rest[os.write(self._sink, rest[:_ROOM]) :]
            except BlockingIOError:  # an editor may have made its end of the pipe so
                continue
            except OSError:  # nobody reads any more
                self._end(0)

    def _wait_for_room(self) -> None:
        """Wait until something can be written. The end of stdin is seen here as well."""
        if not hasattr(select, "poll") or self._sink in self._ready(0, select.POLLOUT):
            return
        poll = select.poll()
        poll.register(self._sink, select.POLLOUT)
        if not poll.poll(_FAREWELL * 1000):
            self._end(0)

    def _ready(self, reading: int, writing: int) -> set[int]:
        """Wait for what is asked of stdin and stdout, for their end, or for a signal."""
        poll = select.poll()
        poll.register(self._source, reading)
        poll.register(self._sink, writing)
        poll.register(self._signals, select.POLLIN)
        return {fd for fd, _ in poll.poll()}

    def _say_why(self, exc: BaseException) -> None:
        from . import paths
        from .log import Log

        log = self._session.log if self._session else Log(paths.default().log, "bridge")
        log.write_exception("The bridge failed.", exc)

    def _told_to_end(self, number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG002
        self._end(0)

    def _end(self, status: int) -> NoReturn:
        """From whatever thread: leave nothing behind, and go without waiting for the others."""
        if self._session is not None:
            tidying = threading.Thread(target=_tidy, args=[self._session], daemon=True)
            tidying.start()
            tidying.join(_FAREWELL)
        os._exit(status)


def _tidy(session: Session) -> None:
    from . import child

    child.kill_all()
    session.close()
