"""One option of the configuration: its default, what it takes, and how a value is read and written."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast
from urllib.parse import urlsplit

from . import money, template

_UNITS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
_INTERVAL = re.compile(r"\s*(\d{1,6})\s*([a-z]+?)s?\s*", re.ASCII | re.IGNORECASE)
_KEY = re.compile(r"sk-or-[\w-]{8,}", re.IGNORECASE)
_HIDDEN = "(hidden, it looks like a key)"
_HOURS_OF_A_YEAR = 8760
_WORDS = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}


@dataclass(frozen=True)
class Kind:
    """A type of option. `read` takes what TOML or JSON gave and raises ValueError; `write` undoes it."""

    allowed: str
    read: Callable[[object], Any]
    write: Callable[[Any], Any] = lambda value: value
    from_text: Callable[[str], object] = lambda text: text
    """What a command line's text stands for, before it is read."""


@dataclass(frozen=True)
class Option:
    """The facts about one option, all in one place."""

    name: str
    kind: Kind
    default: Any
    help: str

    def read(self, found: object) -> Any:
        """The value that was meant. Raises ValueError, also for a key: it would be shown, kept or started."""
        if _KEY.search(f"{found!r}"):
            raise ValueError("no key belongs here, see 'opencredits login'")
        return self.kind.read(found)


def option(default: Any, kind: Kind, help: str) -> Any:  # typed by the field that it declares
    """Declare a dataclass field as an option."""
    return field(default=default, metadata={"kind": kind, "help": help})


def show_interval(span: timedelta) -> str:
    """An interval as one writes it: "90s", "5m", "24h"."""
    seconds = int(span.total_seconds())
    for size, unit in ((3600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def show(found: object) -> str:
    """What was found for an option, cut to a readable length; a key in the wrong place is not repeated."""
    text = str(found).lower() if isinstance(found, bool) else f"{found!r}"
    if "sk-" in text:
        return _HIDDEN
    return text if len(text) <= 80 else f"{text[:77]}..."


def hide_keys(text: str) -> str:
    """The same text without what looks like a key that somebody put into the wrong place."""
    return _KEY.sub(_HIDDEN, text)


def is_loopback(host: str | None) -> bool:
    """Whether a host name can only be this machine itself."""
    if host is None:
        return False
    return host in ("localhost", "::1") or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None


def _interval(least: timedelta, most: timedelta) -> Callable[[object], timedelta]:
    def read(value: object) -> timedelta:
        match = _INTERVAL.fullmatch(value) if isinstance(value, str) else None
        unit = _UNITS.get(match[2].lower()) if match else None
        if match is None or unit is None:
            raise ValueError("not an interval")
        span = timedelta(seconds=int(match[1]) * unit)
        if not least <= span <= most:
            raise ValueError("out of range")
        return span

    return read


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("not true or false")
    return value


def _whole(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError("not such a number")
        return value

    return read


def _switch(value: object) -> bool:
    return _flag(_as_flag(value) if isinstance(value, str) else value)


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal | float):
        raise ValueError("not a number")
    number = money.parse(str(value))
    if number < 0:
        raise ValueError("below zero")
    return number


def _dollars(value: object) -> Decimal:
    return _number(value.removeprefix("$") if isinstance(value, str) else value)


def _hours(value: object) -> Decimal:
    hours = _number(value)
    if hours > _HOURS_OF_A_YEAR:
        raise ValueError("out of range")
    return hours


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("not a text of one line")
    return value


def _variable(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
        raise ValueError("not the name of an environment variable")
    return value


def _one_of(*known: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in known:
            raise ValueError("unknown")
        return str(value)

    return read


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise ValueError("not a list")
    return tuple(_text(name) for name in value)


def _command(value: object) -> tuple[str, ...]:
    words = shlex.split(value) if isinstance(value, str) else _names(value)
    if not words:
        raise ValueError("an empty command")
    return tuple(words)


def _program(value: object) -> tuple[str, ...] | None:
    return None if value == "" else _command(value)


def _address(value: object) -> str:
    parts = urlsplit(value) if isinstance(value, str) else None
    if parts is None or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("not an address")
    _ = parts.port  # raises ValueError when it is not a number
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError("a key would travel unencrypted")
    return cast("str", value).rstrip("/")


def _template(value: object) -> str:
    return template.check(_text(value))


def _as_flag(text: str) -> object:
    return _WORDS.get(text.strip().lower(), text)


def _as_number(text: str) -> object:
    return int(text) if re.fullmatch(r"\s*\d{1,9}\s*", text, re.ASCII) else text


def _as_names(text: str) -> object:
    return [name.strip() for name in text.split(",") if name.strip()]


def _amount(value: Decimal) -> int | str:
    return int(value) if value == value.to_integral_value() else money.plain(value)


INTERVAL = Kind(
    '1 minute to 24 hours, such as "90s", "5m", "1 hour" or "24h"',
    _interval(timedelta(minutes=1), timedelta(hours=24)),
    show_interval,
)
FLAG = Kind("true or false", _flag, from_text=_as_flag)
SWITCH = Kind('"on" or "off"', _switch, lambda on: "on" if on else "off")
MINUTES = Kind("a whole number from 1 to 1440", _whole(1, 1440), from_text=_as_number)
PERCENT = Kind("a whole number from 1 to 100", _whole(1, 100), from_text=_as_number)
DAYS = Kind("a whole number from 1 to 365", _whole(1, 365), from_text=_as_number)
HOURS = Kind('hours, from 0 to 8760, such as 1 or "0.5"', _hours, _amount)
DOLLARS = Kind('dollars, 0 or more, such as 5 or "2.50"', _dollars, _amount)
TEXT = Kind("a text of one line", _text)
TEMPLATE = Kind('text with names in braces, such as "{amount} ({rate})"', _template)
NAMES = Kind('names of accounts, such as ["default", "work"]', _names, list, _as_names)
VARIABLE = Kind("the name of an environment variable", _variable)
PROVIDER = Kind('"openrouter"', _one_of("openrouter"))
COMMAND = Kind('a program with its arguments, such as "pass show openrouter"', _command, list)
PROGRAM = Kind(
    'a program with its arguments, such as "tell-me --loudly", or nothing',
    _program,
    lambda words: list(words or ()) or "",
)
ADDRESS = Kind("an https address, or http on this machine itself", _address)
