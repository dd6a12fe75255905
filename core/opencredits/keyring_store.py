"""The system's keyring, asked in a short-lived child: a keyring can hang for ever, or take its time."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from . import child
from .config import DEFAULT_KEY_ENV, MANAGEMENT_KEY_ENV
from .errors import KeyMissing, KeyringSilent

KeyKind = Literal["ordinary", "management"]

SERVICE = "opencredits"
_CHILD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "keyring_child.py")
PATIENCE_VARIABLE = "OPENCREDITS_KEYRING_PATIENCE"
_PATIENCE = 2.0
_MOST_ANSWER = 1024 * 1024
# A person waits for a change, and one that was cut off leaves them not knowing what is stored.
_PATIENCE_FOR_CHANGES = 5

# What the child may find instead of a key, in words. The first three mean that there is none here, ...
_ABSENT = {
    "no_bus": "There is no keyring: this session has no D-Bus (DBUS_SESSION_BUS_ADDRESS names none).",
    "no_service": "There is no keyring: nothing on this D-Bus session stores secrets.",
    "no_backend": "There is no keyring that Python's 'keyring' can use.",
    "no_collection": "The keyring has no collection yet to keep keys in.",
}
# ... the others that it is here and did not answer.
_SILENT = {
    "locked": ("The keyring is locked.", "Unlock it"),
    "bus_refused": (
        "The D-Bus session that DBUS_SESSION_BUS_ADDRESS names is gone, and the keyring with it.",
        "Log in again, or start this from the desktop's own terminal",
    ),
    "bus_silent": (
        "The D-Bus session that DBUS_SESSION_BUS_ADDRESS names does not answer, so neither does the keyring.",
        "Log in again",
    ),
    "service_failed": (
        "The Secret Service of this D-Bus session failed before it could be asked for a key.",
        "See whether the keyring's own program starts",
    ),
    "bad_backend": (
        "The keyring backend that is configured for Python's 'keyring' cannot be loaded.",
        "Check PYTHON_KEYRING_BACKEND and keyringrc.cfg",
    ),
}


def _way_out(outcome: str, kind: KeyKind) -> str:
    """What to do where there is no keyring, or none that is ready."""
    option, variable = {
        "ordinary": ("key_command", f"that 'key_env' names ({DEFAULT_KEY_ENV} for the account 'default')"),
        "management": ("management_key_command", f"{MANAGEMENT_KEY_ENV} (for the account 'default')"),
    }[kind]
    others = f"'{option}' in config.toml, or the environment variable {variable}"
    if outcome == "no_collection":
        return f"Create one, such as 'Login' in the desktop's own keyring program, or set {others}."
    programs = ", or install gnome-keyring, KWallet or KeePassXC" if sys.platform == "linux" else ""
    return f"Set {others}{programs}."


@dataclass(frozen=True)
class KeyringAnswer:
    """What the keyring holds, by account and kind, and the name of its backend.

    `absent` says why there is no keyring here, `way_out` what to do then; empty where there is one.
    """

    backend: str = ""
    secrets: Mapping[tuple[str, KeyKind], str] = field(default_factory=dict, repr=False)
    absent: str = ""
    way_out: str = ""


class Keyring(Protocol):
    """Where keys are kept; see KeyringStore."""

    def read(self, *accounts: str) -> KeyringAnswer:
        """The keys of these accounts."""

    def write(self, account: str, kind: KeyKind, secret: str) -> str:
        """Store a key and return where it is now."""

    def remove(self, account: str, kind: KeyKind) -> bool:
        """Remove a key; False when there was none."""

    def ask_again(self) -> None:
        """A person is waiting, who may have unlocked it: ask it also right after it was late."""


class KeyringStore:
    """The system's keyring.

    `patience` is how many seconds an answer may take; a change five times that. Without it the variable
    OPENCREDITS_KEYRING_PATIENCE of `environ` tells, else it is 2.
    `hidden` are the names of more environment variables that hold keys, such as each account's `key_env`.
    After it let that time pass, `read` does not ask it again for `pause` seconds of `clock`.
    """

    def __init__(
        self,
        *,
        environ: Mapping[str, str] | None = None,
        hidden: Iterable[str] = (),
        patience: float | None = None,
        pause: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.environ = os.environ if environ is None else environ
        self.hidden = child.Hidden(tuple(hidden))
        self.patience = _patience(self.environ) if patience is None else patience
        self.pause = pause
        self.clock = clock
        self._asked_again_at: float | None = None

    def read(self, *accounts: str, hidden: child.Hidden | None = None) -> KeyringAnswer:
        """The keys of both kinds of these accounts, by one child. Raises KeyringSilent.

        `hidden` takes the place of the store's own, where the caller knows better.
        """
        if self._asked_again_at is not None and self.clock() < self._asked_again_at:
            raise self._late()
        entries = [(account, kind) for account in accounts for kind in KINDS]
        try:
            answer = self._ask("read", entries, hidden=hidden)
        except TimeoutError:
            raise self._late() from None
        outcome, backend = answer["outcome"], answer["backend"]
        if outcome in _ABSENT:
            return KeyringAnswer(backend, absent=_ABSENT[outcome], way_out=_way_out(outcome, "ordinary"))
        found = zip(entries, answer["secrets"], strict=True)
        return KeyringAnswer(backend, {entry: secret for entry, secret in found if secret is not None})

    def write(self, account: str, kind: KeyKind, secret: str) -> str:
        """Store a key and return where it is now, for people.

        Raises KeyMissing where there is no keyring, and KeyringSilent where it did not answer.
        """
        try:
            answer = self._ask("write", [(account, kind)], secret=secret)
        except TimeoutError:
            raise self._unsure("stored") from None
        outcome, backend = answer["outcome"], answer["backend"]
        if outcome in _ABSENT:
            raise KeyMissing(_ABSENT[outcome], action=_way_out(outcome, kind), kind="no_keyring")
        if not answer["kept"]:
            message = f"The keyring backend '{backend}' does not keep what it is given."
            raise KeyMissing(message, action=_way_out(outcome, kind), kind="no_keyring")
        return f"keyring ({backend})"

    def remove(self, account: str, kind: KeyKind) -> bool:
        """Remove a key; False when there was none. Raises KeyringSilent."""
        try:
            answer = self._ask("remove", [(account, kind)])
        except TimeoutError:
            raise self._unsure("removed") from None
        if answer["outcome"] in _ABSENT:
            return False
        if answer["kept"]:
            raise KeyringSilent(
                "The keyring did not remove the key.", action="Remove it with the keyring's own program."
            )
        return bool(answer["removed"])

    def ask_again(self) -> None:
        """See Keyring."""
        self._asked_again_at = None

    def describe(self) -> str:
        """The name of the backend, also when it is locked, or why there is none. Raises KeyringSilent."""
        try:
            answer = self._ask("describe", [])
        except TimeoutError:
            raise self._late() from None
        return _ABSENT.get(answer["outcome"]) or str(answer["backend"])

    def _ask(
        self,
        question: str,
        entries: list[tuple[str, KeyKind]],
        *,
        secret: str = "",
        hidden: child.Hidden | None = None,
    ) -> dict[str, Any]:
        """One question, one child. Raises TimeoutError, or KeyringSilent for any other lack of an answer."""
        patience = self.patience * (_PATIENCE_FOR_CHANGES if question in ("write", "remove") else 1)
        request = {
            "question": question,
            "entries": [(SERVICE, user_name(*entry)) for entry in entries],
            "secret": secret,
            "patience": patience,
        }
        hidden = (hidden or self.hidden).and_secrets([secret])
        # An isolated parent has an isolated child; others have to find a keyring in the same places as they.
        # The folder is one where nothing can be imported from.
        argv = [sys.executable, "-I" if sys.flags.isolated else "-P", _CHILD]
        try:
            ended = child.run(
                argv,
                environ=child.without_keys(self.environ, hidden),
                folder=os.path.abspath(os.sep),
                patience=patience,
                most=_MOST_ANSWER,
                request=json.dumps(request).encode() + b"\n",
            )
        except OSError:
            raise KeyringSilent(
                "The keyring could not be asked: no child process could be started.",
                action=_or_other_ways("Run 'opencredits doctor'"),
            ) from None
        if ended.fate == "late":
            self._asked_again_at = self.clock() + self.pause
            raise TimeoutError
        self._asked_again_at = None
        return _checked(ended)

    def _late(self) -> KeyringSilent:
        return KeyringSilent(
            f"The keyring did not answer within {self.patience:g} seconds.",
            action=_or_other_ways("Unlock or restart it"),
        )

    def _unsure(self, done: str) -> KeyringSilent:
        return KeyringSilent(
            f"The key may or may not be {done}; check with 'opencredits accounts'.",
            action=f"The keyring did not answer within {self.patience * _PATIENCE_FOR_CHANGES:g} seconds.",
        )


KINDS: tuple[KeyKind, ...] = ("ordinary", "management")


def user_name(account: str, kind: KeyKind) -> str:
    """The user name under which the keyring holds a key."""
    return account if kind == "ordinary" else f"{account} (management)"


def _checked(ended: child.Ended) -> dict[str, Any]:
    """The child's answer. Raises KeyringSilent unless it is one."""
    try:
        answer: dict[str, Any] = json.loads(ended.output)
        outcome = answer["outcome"]
    except (ValueError, KeyError, TypeError):
        raise KeyringSilent(
            "The keyring could not be asked: the child process that does so ended early.",
            action=_or_other_ways("Run 'opencredits doctor'"),
        ) from None
    if outcome in _SILENT:
        message, action = _SILENT[outcome]
        raise KeyringSilent(message, action=_or_other_ways(action))
    if outcome == "failed":
        # Its own words may hold what it was working on.
        raise KeyringSilent(
            f"The keyring backend {answer['backend']} failed ({answer['error']}).",
            action=_or_other_ways("Try it with 'python -m keyring'"),
        )
    return answer


def _patience(environ: Mapping[str, str]) -> float:
    """As the person has it who has a slow keyring; anything but 1 to 60 seconds is passed over."""
    try:
        seconds = float(environ.get(PATIENCE_VARIABLE, ""))
    except ValueError:
        return _PATIENCE
    return seconds if 1 <= seconds <= 60 else _PATIENCE


def _or_other_ways(action: str) -> str:
    return f"{action}, or use 'key_command' or the environment variable that 'key_env' names."
