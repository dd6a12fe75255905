"""Where keys come from: the keyring, a command, the editor, the environment, in this order."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

from . import child
from .config import DEFAULT_ACCOUNT, MANAGEMENT_KEY_ENV, AccountSettings
from .errors import KeyCommandFailed, KeyMissing, KeyProblem, KeyUnusable
from .handed_keys import HandedKeys
from .keyring_store import KeyKind, KeyringAnswer, KeyringStore
from .option import show
from .reading import Fault

__all__ = ["Key", "KeyFinder", "KeyKind", "KeyringStore", "Keys", "check_key", "fingerprint"]

Source = Literal["keyring", "key_command", "editor", "environment"]

_LONGEST = 512
_MOST_OUTPUT = 64 * 1024


@dataclass(frozen=True)
class Key:
    """One secret, where it came from in words for people, and how many seconds that took."""

    secret: str = field(repr=False)
    kind: KeyKind
    source: Source
    origin: str
    took: float = 0.0

    @property
    def is_stored(self) -> bool:
        """Whether it is where an editor's `set_key` puts it, so that it can be replaced and removed there."""
        return self.source in ("keyring", "editor")


@dataclass(frozen=True)
class Keys:
    """The keys of one account; without any, the reason.

    `notes` are the sources that failed besides: although another one had a key, or beside `fault`.
    """

    ordinary: Key | None = None
    management: Key | None = None
    fault: Fault | None = None
    notes: tuple[Fault, ...] = ()

    @property
    def fingerprint(self) -> str | None:
        """What readings, lease and history hang on: that of the ordinary, else of the management key."""
        key = self.ordinary or self.management
        return fingerprint(key.secret) if key else None

    def are(self, other: Keys | None) -> bool:
        """Whether the same keys were found, wherever and however fast."""
        return other is not None and self._secrets() == other._secrets()  # noqa: SLF001  # of the same class

    def _secrets(self) -> list[str | None]:
        return [key.secret if key else None for key in (self.ordinary, self.management)]

    @property
    def lack(self) -> str:
        """What is there instead of a key, in words."""
        return "no key" if self.fault is None or self.fault.kind == "no_key" else self.fault.message


def fingerprint(secret: str) -> str:
    """The first 16 hex digits of the SHA-256 of a key."""
    return str(_sha256()(secret.encode()).hexdigest())[:16]


def check_key(text: str) -> str:
    """The key itself, trimmed. Raises KeyUnusable, without the text, when it cannot be one."""
    key = text.strip()
    if not key:
        raise KeyUnusable("The key is empty.")
    if any(char.isspace() or ord(char) < 0x20 or ord(char) == 0x7F for char in key):
        raise KeyUnusable("The key has white space or control characters inside.")
    if not key.isascii():
        raise KeyUnusable("The key has characters that no key has.")
    if len(key) > _LONGEST:
        raise KeyUnusable(f"The key is longer than {_LONGEST} characters.")
    return key


class KeyFinder:
    """Asks the sources of keys in their order.

    `handed` are the keys that an editor gave for its session. `accounts` are all that are configured, so
    that no child process sees a variable with the key of another one.
    """

    def __init__(
        self,
        *,
        handed: HandedKeys | None = None,
        environ: Mapping[str, str] | None = None,
        keyring: KeyringStore | None = None,
        accounts: Iterable[AccountSettings] = (),
        patience: float = 10.0,
    ) -> None:
        self.handed = HandedKeys() if handed is None else handed  # which may change
        self.environ = os.environ if environ is None else environ
        self.keyring = keyring or KeyringStore(environ=self.environ)
        self.variables = {each.key_env for each in accounts if each.key_env}
        self.patience = patience

    def find(self, account: AccountSettings) -> Keys:
        """The keys of an account, asked for anew. Never raises: what failed is in `fault` and `notes`."""
        return _Search(self, account).keys()

    def hidden(self, account: AccountSettings) -> child.Hidden:
        """What a child process must not see: the variables with keys, and every key that is known."""
        names = {*self.variables, *([account.key_env] if account.key_env else [])}
        known = (self.environ.get(name, "").strip() for name in (*names, MANAGEMENT_KEY_ENV))
        return child.Hidden(tuple(names), (*known, *self.handed.values()))


class _Search:
    """One account's turn: the keyring is asked once for both kinds, and faults are collected."""

    def __init__(self, finder: KeyFinder, account: AccountSettings) -> None:
        self.finder = finder
        self.account = account
        self.faults: list[KeyProblem] = []
        self.hidden = finder.hidden(account)
        self.keyring, self.keyring_took = self._ask_keyring()

    def keys(self) -> Keys:
        ordinary, management = self._key("ordinary"), self._key("management")
        if ordinary or management:
            return Keys(ordinary, management, notes=tuple(map(Fault.of, self.faults)))
        # A keyring that did not answer may well hold the key; asked first, it is also named first.
        first, *others = self.faults or [self._missing()]
        return Keys(fault=Fault.of(first), notes=tuple(map(Fault.of, others)))

    def _key(self, kind: KeyKind) -> Key | None:
        return (
            self._from_keyring(kind)
            or self._from_command(kind)
            or self._from_editor(kind)
            or self._from_environment(kind)
        )

    def _ask_keyring(self) -> tuple[KeyringAnswer, float]:
        started = time.monotonic()
        try:
            answer = self.finder.keyring.read(self.account.name, hidden=self.hidden)
        except KeyProblem as exc:
            self.faults.append(exc)
            answer = KeyringAnswer()
        self.hidden = self.hidden.and_secrets(answer.secrets.values())
        return answer, time.monotonic() - started

    def _from_keyring(self, kind: KeyKind) -> Key | None:
        text = self.keyring.secrets.get((self.account.name, kind))
        origin = f"keyring ({self.keyring.backend})"
        return None if text is None else self._usable(text, kind, "keyring", origin, self.keyring_took)

    def _from_command(self, kind: KeyKind) -> Key | None:
        option = "key_command" if kind == "ordinary" else "management_key_command"
        command: tuple[str, ...] | None = getattr(self.account, option)
        if not command:
            return None
        started = time.monotonic()
        try:
            text = self._first_line(command, f"The {option} of the account '{self.account.name}'")
        except KeyCommandFailed as exc:
            self.faults.append(exc)
            return None
        return self._usable(text, kind, "key_command", option, time.monotonic() - started)

    def _from_editor(self, kind: KeyKind) -> Key | None:
        text = self.finder.handed.get((self.account.name, kind), "")
        return self._usable(text, kind, "editor", "the editor") if text.strip() else None

    def _from_environment(self, kind: KeyKind) -> Key | None:
        name = self.account.key_env
        if kind == "management":
            name = MANAGEMENT_KEY_ENV if self.account.name == DEFAULT_ACCOUNT else None
        text = self.finder.environ.get(name, "") if name else ""
        origin = f"environment variable {name}"
        return self._usable(text, kind, "environment", origin) if text.strip() else None

    def _usable(self, text: str, kind: KeyKind, source: Source, origin: str, took: float = 0.0) -> Key | None:
        try:
            key = Key(check_key(text), kind, source, origin, took)
            self.hidden = self.hidden.and_secrets([key.secret])
            return key
        except KeyUnusable as exc:
            whose = f"the account '{self.account.name}' ({kind} key, from: {origin})"
            self.faults.append(
                KeyUnusable(f"What was found for {whose} is no key: {exc}", action="Replace it there.")
            )
            return None

    def _first_line(self, command: tuple[str, ...], option: str) -> str:
        """What a command prints. Raises KeyCommandFailed, never with its output."""
        program, *arguments = command
        home = os.path.expanduser("~")
        try:
            ended = child.run(
                [os.path.expanduser(program), *arguments],
                environ=child.without_keys(self.finder.environ, self.hidden),
                # Not the editor's folder: what is in a checkout must not be run for being there.
                folder=home if os.path.isdir(home) else os.path.abspath(os.sep),
                patience=self.finder.patience,
                most=_MOST_OUTPUT,
            )
        except FileNotFoundError:
            raise KeyCommandFailed(f"{option} names a program that was not found: {show(program)}.") from None
        except OSError:
            raise KeyCommandFailed(f"{option} names what cannot be run: {show(program)}.") from None
        if ended.fate == "late":
            raise KeyCommandFailed(f"{option} did not end within {self.finder.patience:g} seconds.")
        if ended.fate == "too much":
            raise KeyCommandFailed(f"{option} printed more than {_MOST_OUTPUT // 1024} KiB.")
        if ended.status:
            how = f"signal {-ended.status}" if ended.status < 0 else f"exit status {ended.status}"
            raise KeyCommandFailed(f"{option} failed with {how}.")
        line = ended.output.partition(b"\n")[0].decode("utf-8", "replace").strip()
        if not line:
            raise KeyCommandFailed(f"{option} printed nothing on its first line.")
        return line

    def _missing(self) -> KeyMissing:
        name = self.account.name
        said = f"No API key was found for the account '{name}'."
        if self.keyring.absent and self.finder.handed.editor_keeps:
            return KeyMissing(said, action="Enter one in this editor, which will keep it.")
        if self.keyring.absent:
            return KeyMissing(f"{said} {self.keyring.absent}", action=self.keyring.way_out)
        again = "" if name == DEFAULT_ACCOUNT else f" {name}"
        return KeyMissing(said, action=f"Run 'opencredits login{again}' to store one.")


def _sha256() -> Callable[[bytes], Any]:
    """Python's own; hashlib would load OpenSSL, a quarter of an idle bridge's memory, for nothing else."""
    for name in ("_sha2", "_sha256"):  # as it is called since 3.12, and before
        try:
            found: Callable[[bytes], Any] = import_module(name).sha256
            return found
        except ImportError:
            continue
    from hashlib import sha256

    return sha256
