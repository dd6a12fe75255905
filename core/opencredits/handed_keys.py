"""The keys that an editor has handed over, for its session and in memory only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .keyring_store import KeyKind

IN_EDITOR = "editor"


class HandedKeys(Mapping[tuple[str, KeyKind], str]):
    """By account and kind.

    `editor_keeps` says that the editor can keep keys itself: it is told of each that is written here, and
    hands it over again the next time. Other threads may read while one writes.
    """

    def __init__(
        self, given: Mapping[tuple[str, KeyKind], str] | None = None, *, editor_keeps: bool = False
    ) -> None:
        self.editor_keeps = editor_keeps
        self._secrets = dict(given or {})

    def __getitem__(self, entry: tuple[str, KeyKind]) -> str:
        return self._secrets[entry]

    def __iter__(self) -> Iterator[tuple[str, KeyKind]]:
        return iter(self._secrets)

    def __len__(self) -> int:
        return len(self._secrets)

    def __repr__(self) -> str:
        return f"HandedKeys({len(self)} hidden)"

    def write(self, account: str, kind: KeyKind, secret: str) -> str:
        """Use a key from here on, and return where it is to be kept."""
        self._secrets = {**self._secrets, (account, kind): secret}
        return IN_EDITOR

    def remove(self, account: str, kind: KeyKind) -> bool:
        """Forget a key; False when there was none."""
        before, entry = self._secrets, (account, kind)
        self._secrets = {each: secret for each, secret in before.items() if each != entry}
        return entry in before
