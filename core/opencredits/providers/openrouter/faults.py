"""What an answer means that brings no value, by its status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from ...errors import (
    Blocked,
    KeyRejected,
    PermissionRefused,
    ProviderError,
    RateLimited,
    ServerFault,
    UnexpectedAnswer,
)
from .connection import Answer
from .redaction import Redaction

if TYPE_CHECKING:
    from ...keys import Key

_NO_MANAGEMENT = (
    "Check it at https://openrouter.ai/settings/management-keys, then run 'opencredits login --management'."
)


@dataclass(frozen=True)
class Question:
    """What was asked, with which key; `is_known` when `/key` has just accepted the same one."""

    path: Literal["/key", "/credits"]
    key: Key
    is_known: bool = False


class _Error(msgspec.Struct):
    code: int
    message: str


class _Refusal(msgspec.Struct):
    """The form in which OpenRouter itself says no; what stands before it says it otherwise."""

    error: _Error


_REFUSAL = msgspec.json.Decoder(_Refusal)


def fault_of(
    answer: Answer, question: Question, redaction: Redaction, retry_at: datetime | None
) -> ProviderError:
    """The fault behind any status but 200."""
    said = _message(answer.body)
    quoted = f' ("{redaction.line(said)}")' if said else ""
    fault = _fault(answer.status, question, quoted, is_api=said is not None)
    fault.retry_at = retry_at
    return fault


def too_large(path: str) -> UnexpectedAnswer:
    """A good status with an answer that nobody should read to its end."""
    return UnexpectedAnswer(f"The answer to {path} is larger than a megabyte.", kind="too_large")


def _fault(status: int, question: Question, quoted: str, *, is_api: bool) -> ProviderError:
    answered = f"OpenRouter answered {question.path} with status {status}{quoted}."
    if 300 <= status < 400:
        return UnexpectedAnswer(
            f"{question.path} was answered with a redirect ({status}), which is never followed.",
            kind="redirect",
        )
    if status == 401:
        return _rejected(question, quoted)
    if status == 403 and not is_api:
        return Blocked("Something before OpenRouter's API refused the request (403).")
    if status == 403 and question.path == "/credits":
        return _no_permission(question, quoted)
    if status == 404:
        return UnexpectedAnswer(f"There is no {question.path} at this address (404).", kind="not_found")
    if status == 429:
        return RateLimited(f"OpenRouter was asked too often (429){quoted}.")
    if status == 408 or status >= 500:
        return ServerFault(answered)
    return UnexpectedAnswer(answered, kind=f"status_{status}")


def _rejected(question: Question, quoted: str) -> ProviderError:
    if question.is_known:
        # The key is good, so this is another way to say that it may not ask this.
        return _no_permission(question, quoted)
    if question.key.kind == "management":
        return KeyRejected(f"OpenRouter does not accept the management key{quoted}.", action=_NO_MANAGEMENT)
    return KeyRejected(f"OpenRouter does not accept the API key{quoted}.")


def _no_permission(question: Question, quoted: str) -> PermissionRefused:
    if question.key.kind == "management":
        return PermissionRefused(
            f"The management key may not read the account's balance{quoted}.", action=_NO_MANAGEMENT
        )
    return PermissionRefused(f"This key may not read the account's balance{quoted}.")


def _message(body: bytes) -> str | None:
    """OpenRouter's own message; None when the answer is not in its form."""
    try:
        return _REFUSAL.decode(body).error.message
    except (ValueError, RecursionError):
        return None
