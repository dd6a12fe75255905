"""The child that works with the keyring: one JSON line in, one out, both by pipe.

It runs by its path and imports nothing of OpenCredits, so that it works however the package was installed.
Only what the keyring library itself needs is imported from elsewhere.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
from typing import Any

# How often an entry of the same name, stored by another program, may stand before ours.
_DUPLICATES = 5


class Outcome(Exception):
    """What there is instead of an answer, as the one word that the parent has a sentence for."""


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.stdin.buffer.readline())
    # If the parent is killed while the keyring hangs, nobody else ends this process.
    faulthandler.dump_traceback_later(request["patience"] + 1, exit=True, file=2)
    # What a backend prints must not mix with the answer.
    wire = os.dup(1)
    os.dup2(2, 1)
    with open(wire, "w", encoding="ascii") as out:
        out.write(json.dumps(_answer(request)) + "\n")


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"outcome": "ok", "backend": ""}
    try:
        _Bus.open()
        backend = _backend()
        answer["backend"] = _name(backend)
        answer.update(_work(backend, request))
    except Outcome as exc:
        answer["outcome"] = str(exc)
    except Exception as exc:  # noqa: BLE001 - a backend is someone else's code, and may raise anything
        answer["outcome"] = _outcome(exc)
        answer["error"] = type(exc).__name__
    return answer


def _work(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    question, entries = request["question"], request["entries"]
    if question == "describe":
        return {}
    _look_before_asking(backend)
    if question == "read":
        return {"secrets": [backend.get_password(*entry) for entry in entries]}
    service, user = entries[0]
    if question == "write":
        return {"kept": _write(backend, service, user, request["secret"])}
    return _remove(backend, service, user)


def _write(backend: Any, service: str, user: str, secret: str) -> bool:
    """Store it and look whether it is found from now on."""
    for _ in range(_DUPLICATES):
        backend.set_password(service, user, secret)
        found = backend.get_password(service, user)
        if found == secret:
            return True
        if found is not None:
            backend.delete_password(service, user)
    return False


def _remove(backend: Any, service: str, user: str) -> dict[str, Any]:
    there = backend.get_password(service, user) is not None
    for _ in range(_DUPLICATES):
        if backend.get_password(service, user) is None:
            return {"removed": there, "kept": False}
        backend.delete_password(service, user)
    return {"removed": False, "kept": backend.get_password(service, user) is not None}


def _backend() -> Any:
    """The backend that the user chose or that keyring finds best. Raises Outcome where there is none."""
    import keyring
    from keyring import core
    from keyring.backends import fail

    try:
        chosen: Any = core.load_env() or core.load_config()
    except (RuntimeError, OSError):  # one that cannot work in this environment
        raise Outcome(_Bus.without_service("bad_backend")) from None
    except Exception:  # noqa: BLE001 - an import of someone else's code
        raise Outcome("bad_backend") from None
    if isinstance(chosen, fail.Keyring):
        raise Outcome("no_backend")
    if chosen is None and _Bus.state == "bus_silent":
        # keyring would find this out by itself, but only after several time-outs.
        raise Outcome("bus_silent")
    backend = chosen or keyring.get_keyring()
    if isinstance(backend, fail.Keyring):
        raise Outcome(_Bus.without_service("no_backend"))
    return backend


def _look_before_asking(backend: Any) -> None:
    """Raise Outcome where keyring would open a window, which nobody can answer in our time."""
    from keyring.backends import SecretService

    for each in getattr(backend, "backends", [backend]):
        if isinstance(each, SecretService.Keyring) and _Bus.connection is not None:
            _look_at_collection(_Bus.connection, each)


def _look_at_collection(connection: Any, backend: Any) -> None:
    from secretstorage import Collection, ItemNotFoundException
    from secretstorage.collection import DEFAULT_COLLECTION

    try:
        path = getattr(backend, "preferred_collection", DEFAULT_COLLECTION)
        locked = Collection(connection, path).is_locked()
    except ItemNotFoundException:
        raise Outcome("no_collection") from None
    except Exception:  # noqa: BLE001 - D-Bus has an open set of errors
        raise Outcome("service_failed") from None
    if locked:
        raise Outcome("locked")


class _Bus:
    """The D-Bus session, asked directly: keyring says "no backend" to everything that is wrong with it."""

    state = "none"
    connection: Any = None

    @classmethod
    def open(cls) -> None:
        try:
            import secretstorage
            from jeepney.auth import AuthenticationError  # type: ignore[import-untyped]
            from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]
        except ImportError:
            return  # not a platform with D-Bus
        if not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
            cls.state = "no_bus"
            return
        try:
            cls.connection = open_dbus_connection(auth_timeout=0.5)
            there = secretstorage.check_service_availability(cls.connection)
            cls.state = "service" if there else "no_service"
        except TimeoutError:
            cls.state = "bus_silent"
        except (OSError, AuthenticationError):
            cls.state = "bus_refused"
        except (ValueError, RuntimeError, StopIteration):
            cls.state = "no_bus"  # "disabled:" and other addresses where nothing can be behind

    @classmethod
    def without_service(cls, otherwise: str) -> str:
        """Why there is no Secret Service, where the bus is the reason."""
        return otherwise if cls.state in ("none", "service") else cls.state


def _outcome(exc: Exception) -> str:
    from keyring import errors

    if isinstance(exc, errors.KeyringLocked):
        return "locked"
    if isinstance(exc, errors.NoKeyringError):
        return _Bus.without_service("no_backend")
    return "failed"


def _name(backend: Any) -> str:
    """The name for people: "SecretService", "macOS", "Windows WinVaultKeyring"."""
    return str(backend.name).removesuffix(" Keyring")


if __name__ == "__main__":
    main()
