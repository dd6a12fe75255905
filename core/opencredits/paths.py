"""Where files are: configuration and state, by the platform's own rules."""

from __future__ import annotations

import os
import sys

APP = "opencredits"
HOME_VARIABLE = "OPENCREDITS_HOME"


class Paths:
    """The folders of one user, and the files in them."""

    def __init__(self, config_dir: str, state_dir: str) -> None:
        self.config_dir = config_dir
        self.state_dir = state_dir

    @property
    def config(self) -> str:
        """`config.toml`: every option; never a key."""
        return os.path.join(self.config_dir, "config.toml")

    @property
    def status(self) -> str:
        """`status.json`: the newest status, for prompts and for editors that start."""
        return os.path.join(self.state_dir, "status.json")

    @property
    def database(self) -> str:
        """`opencredits.db`: readings, leases, due times."""
        return os.path.join(self.state_dir, "opencredits.db")

    @property
    def log(self) -> str:
        """`opencredits.log`: what went wrong in the processes that editors start."""
        return os.path.join(self.state_dir, "opencredits.log")

    @property
    def setup(self) -> str:
        """`setup.json`: where the core is, for editors that do not have it on their PATH."""
        return os.path.join(self.state_dir, "setup.json")


def default() -> Paths:
    """The user's own folders; `OPENCREDITS_HOME` names one folder that holds both instead."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Paths(os.path.join(home, "config"), os.path.join(home, "state"))
    if sys.platform in ("darwin", "win32"):
        return _by_platformdirs()
    # Everywhere else the rule is XDG's. It stands here in two lines because platformdirs costs twice the
    # start of a bare Python, and prompts ask for the status line again and again. A test holds both equal.
    return Paths(_xdg("XDG_CONFIG_HOME", ".config"), _xdg("XDG_STATE_HOME", ".local/state"))


def make_private(folder: str) -> None:
    """Make a folder, mode 0700, with its parents. Raises OSError."""
    os.makedirs(folder, mode=0o700, exist_ok=True)


def write_private(path: str, text: str) -> None:
    """Replace a file in one step, mode 0600; readers see the old or the new text. Raises OSError."""
    make_private(os.path.dirname(path))
    draft = f"{path}.{os.getpid()}.tmp"
    try:
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(fd, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(draft, path)
    except OSError:
        _remove(draft)
        raise


def _xdg(variable: str, fallback: str) -> str:
    base = os.environ.get(variable, "").strip() or os.path.expanduser(f"~/{fallback}")
    return os.path.join(base, APP)


def _by_platformdirs() -> Paths:
    import platformdirs

    return Paths(
        platformdirs.user_config_dir(APP, appauthor=False, roaming=True),
        platformdirs.user_state_dir(APP, appauthor=False),
    )


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass
