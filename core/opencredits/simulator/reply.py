"""An answer as it goes out, and how a fault bends it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .errors import error_body
from .faults import REMOVE, Fault
from .wire import Raw, dump

JSON = "application/json"
BLOCK = 65_536  # bytes


@dataclass(frozen=True)
class Reply:
    """Status, headers and body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def has_body(self) -> bool:
        """Some statuses may not have one; sending it would be read as the next answer."""
        return self.status >= 200 and self.status not in (204, 304)


def make_reply(fault: Fault, good: Callable[[], tuple[int, dict[str, object]]], authorization: str) -> Reply:
    """What goes out in place of a good answer, which is made only if it is needed."""
    headers, status = {"Content-Type": fault.content_type or JSON}, fault.status
    text: bytes | str
    if fault.redirect is not None:
        return Reply(status or 302, {**headers, "Location": fault.redirect, **fault.headers}, b"")
    if fault.echo:
        status = status or 500
        text = dump(error_body(status, f"Cannot serve a request with Authorization: {authorization}"))
    elif fault.has_answer:
        status = status or 200
        text = dump(error_body(status)) if fault.body is None else fault.body
    else:
        usual, answer = good()
        status, text = status or usual, dump(bend(answer, fault))
    return Reply(status, {**headers, **fault.headers}, text if isinstance(text, bytes) else text.encode())


def bend(answer: dict[str, object], fault: Fault) -> dict[str, object]:
    """The answer with a fault's fields over its `data`; errors have none and stay as they are."""
    match answer.get("data"):
        case dict() as data:
            return answer | {"data": bend_fields(data, fault)}
        case list() as items:
            return answer | {"data": [bend_fields(item, fault) for item in items]}
    return answer


def bend_fields(data: dict[str, object], fault: Fault) -> dict[str, object]:
    """One object with a fault's fields over its own."""
    fields = {**data, **fault.patch, **{name: Raw(text) for name, text in fault.raw.items()}}
    return {name: value for name, value in fields.items() if value is not REMOVE}


def pieces(body: bytes, fault: Fault) -> Iterator[bytes]:
    """The body in the parts in which a fault has it sent."""
    # White space before JSON is JSON: who reads it all finds a good answer and has not noticed the size.
    for start in range(0, padding(body, fault), BLOCK):
        yield b" " * min(BLOCK, padding(body, fault) - start)
    if fault.cut_off:
        body = body[: len(body) // 2]
    step = 1 if fault.drip else BLOCK
    for start in range(0, len(body), step):
        yield body[start : start + step]


def padding(body: bytes, fault: Fault) -> int:
    """How many bytes come before the body."""
    return max(fault.size - len(body), 0)
