"""The program that `on_alert` names: started for each alert, and then left alone."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence

from ..child import Hidden, without_keys
from ..option import show
from ..store import Alert

# What a program needs to find its way about, and to reach the person's desktop.
_KEPT = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR"),
    *("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS"),
)
_KEPT_ON_WINDOWS = (
    *("PATH", "PATHEXT", "COMSPEC", "SYSTEMDRIVE", "SYSTEMROOT", "WINDIR", "TEMP", "TMP"),
    *("USERNAME", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA"),
    *("PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432"),
)
_FAMILIES = ("LC_", "XDG_")


def start(command: Sequence[str], alert: Alert, environ: Mapping[str, str]) -> str | None:
    """Start the program with the alert as JSON on its stdin, without a shell, and do not wait for it.

    It gets little of `environ`, outlives the editor, and has nowhere to print to. Returns a sentence for
    the log when it cannot be started.
    """
    program, *arguments = command
    try:
        _start([os.path.expanduser(program), *arguments], f"{json.dumps(alert.to_json())}\n", environ)
    except (OSError, ValueError) as exc:  # ValueError: a null byte in an argument
        why = getattr(exc, "strerror", None) or exc
        return f"on_alert names a program that cannot be started: {show(program)} ({why})."
    return None


def _start(argv: Sequence[str], text: str, environ: Mapping[str, str]) -> None:
    import subprocess
    import tempfile
    import threading

    home = os.path.expanduser("~")
    apart = 0
    if sys.platform == "win32":
        apart = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    with tempfile.TemporaryFile() as stdin:  # unlike a pipe, nobody has to be there until it is read
        stdin.write(text.encode())
        stdin.seek(0)
        process = subprocess.Popen(
            argv,
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Not the editor's folder: what is in a checkout must not be run for being there.
            cwd=home if os.path.isdir(home) else os.path.abspath(os.sep),
            env=_clean(environ),
            start_new_session=True,
            creationflags=apart,
        )
    # Only so that it does not stay behind as a zombie while this process lives on.
    threading.Thread(target=process.wait, daemon=True).start()


def _clean(environ: Mapping[str, str]) -> dict[str, str]:
    """What is known to be needed, without anything that looks like a key."""
    kept = _KEPT_ON_WINDOWS if sys.platform == "win32" else _KEPT
    known = {name: value for name, value in environ.items() if name in kept or name.startswith(_FAMILIES)}
    return without_keys(known, Hidden())
