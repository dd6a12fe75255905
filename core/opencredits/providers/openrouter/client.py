"""Asks OpenRouter what is left and what was spent."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

import httpx

from ...errors import CreditsError, KeyMissing, KeyUnusable
from ...reading import Credits, Fault, KeyInfo, Part, Reading
from . import addresses
from .connection import Answer, Connection
from .faults import Question, fault_of, too_large
from .redaction import Redaction
from .replies import Replies
from .retry_after import http_date, retry_at

if TYPE_CHECKING:
    from ...keys import Key, Keys

PATIENCE = 2.3  # seconds for one question; a poll has two, and five seconds in all

T = TypeVar("T")


class OpenRouter:
    """OpenRouter's API at one address. Nothing stays open between two polls."""

    def __init__(
        self, base_url: str, *, transport: httpx.BaseTransport | None = None, patience: float = PATIENCE
    ) -> None:
        self._base_url = base_url
        self._transport = transport
        self._patience = patience

    def read(self, keys: Keys, now: datetime, *, ask_credits: bool = True) -> Reading:
        """Ask `/key`, then `/credits`. What fails is in the reading, within five seconds; nothing is raised.

        After a 401 the same key is not used again, so that `/credits` stays unasked.
        """
        try:
            url = addresses.read(self._base_url)
            chosen = _Chosen.of(keys, url)
        except CreditsError as exc:
            return Reading(
                now, Part(fault=Fault.of(exc)), Part(fault=Fault.of(exc)) if ask_credits else Part()
            )
        with self._poll(url, (chosen.for_key, chosen.for_credits), now) as poll:
            key = _part(lambda: poll.key(chosen.for_key), now)
            credits = _credits(poll, chosen, key, now) if ask_credits else Part()
            return Reading(now, key, credits, poll.retry_at, poll.server_time)

    def identify(self, key: Key, now: datetime) -> KeyInfo:
        """What `/key` says about this one key. Raises KeyRejected, KeyUnusable or another fault."""
        url = addresses.read(self._base_url)
        if key.kind == "management" and not addresses.may_manage(url):
            raise _kept_back(url)
        with self._poll(url, (key,), now) as poll:
            return poll.key(key)

    def close(self) -> None:
        """Nothing is open between polls."""

    def _poll(self, url: httpx.URL, keys: tuple[Key, ...], now: datetime) -> _Poll:
        redaction = Redaction(key.secret for key in keys)
        return _Poll(Connection(url, redaction, self._transport), redaction, now, self._patience)


@dataclass(frozen=True)
class _Chosen:
    """Which key asks which question."""

    for_key: Key
    for_credits: Key

    @classmethod
    def of(cls, keys: Keys, url: httpx.URL) -> _Chosen:
        """The ordinary key asks about itself, the management key about the account, if it may go there."""
        management = keys.management if addresses.may_manage(url) else None
        for_key, for_credits = keys.ordinary or management, management or keys.ordinary
        if for_key and for_credits:
            return cls(for_key, for_credits)
        raise _kept_back(url) if keys.management else KeyMissing("There is no API key to ask with.")

    @property
    def is_one(self) -> bool:
        """Whether the same key asks both."""
        return self.for_key.secret == self.for_credits.secret


class _Poll:
    """The questions of one poll, and what their answers say besides."""

    def __init__(self, connection: Connection, redaction: Redaction, now: datetime, patience: float) -> None:
        self.retry_at: datetime | None = None
        self.server_time: datetime | None = None
        self._connection = connection
        self._redaction = redaction
        self._replies = Replies(redaction.line)
        self._now = now
        self._patience = patience

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def key(self, key: Key) -> KeyInfo:
        """`GET /key`, or where that does not exist its older name. Raises CreditsError."""
        deadline = self._deadline()
        answer = self._get("/key", key, deadline)
        if answer.status == 404:
            answer = self._get("/auth/key", key, deadline)
        return self._replies.key(self._body(answer, Question("/key", key)))

    def credits(self, key: Key, *, is_known: bool) -> Credits:
        """`GET /credits`. Raises CreditsError."""
        answer = self._get("/credits", key, self._deadline())
        return self._replies.credits(self._body(answer, Question("/credits", key, is_known)))

    def _deadline(self) -> float:
        return time.monotonic() + self._patience

    def _get(self, path: str, key: Key, deadline: float) -> Answer:
        answer = self._connection.get(path, key.secret, deadline)
        self.server_time = self.server_time or http_date(answer.date)
        return answer

    def _body(self, answer: Answer, question: Question) -> bytes:
        """The body of a good answer. Raises what any other one means."""
        if answer.status == 200:
            if not answer.is_whole:
                raise too_large(question.path)
            return answer.body
        wait_until = retry_at(
            self._now,
            retry_after=answer.retry_after,
            reset=answer.rate_limit_reset if answer.status == 429 else None,
            server_time=http_date(answer.date),
        )
        self.retry_at = max((at for at in (self.retry_at, wait_until) if at), default=None)
        raise fault_of(answer, question, self._redaction, wait_until)


def _credits(poll: _Poll, chosen: _Chosen, key: Part[KeyInfo], now: datetime) -> Part[Credits]:
    if chosen.is_one and key.fault and key.fault.kind == "invalid_key":
        return Part()
    is_known = chosen.is_one and key.value is not None
    return _part(lambda: poll.credits(chosen.for_credits, is_known=is_known), now)


def _part(ask: Callable[[], T], now: datetime) -> Part[T]:
    """What one question brought: its value, or why there is none."""
    try:
        return Part(ask(), now)
    except CreditsError as exc:
        return Part(fault=Fault.of(exc))


def _kept_back(url: httpx.URL) -> KeyUnusable:
    return KeyUnusable(
        f"The management key is not sent to {url.host}, only to openrouter.ai.",
        action="Store an ordinary key for this address with 'opencredits login'.",
    )
