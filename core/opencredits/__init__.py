"""What is left of your OpenRouter credits, and how fast it goes.

This is the public door: what is listed in `__all__` is meant to be used, everything else may change.

    from opencredits import KeyFinder, Monitor, Store, default_paths, load_config

    where = default_paths()
    config = load_config(where.config)
    monitor = Monitor(config, Store(where.database), KeyFinder(), where)
    monitor.poll_if_due()
    print(monitor.status().text)
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers understand it; importing typing would cost more than all the rest
if TYPE_CHECKING:
    from .config import Config
    from .config import load as load_config
    from .errors import CreditsError
    from .keys import KeyFinder
    from .monitor import Monitor
    from .paths import Paths
    from .paths import default as default_paths
    from .reading import Reading
    from .status import Status
    from .store import Store

__version__ = "0.1.0"

__all__ = [
    "Config",
    "CreditsError",
    "KeyFinder",
    "Monitor",
    "Paths",
    "Reading",
    "Status",
    "Store",
    "__version__",
    "default_paths",
    "load_config",
]

# Loaded when they are first asked for, so that a prompt's status line waits for none of them.
_WHERE = {
    "Config": ("config", "Config"),
    "CreditsError": ("errors", "CreditsError"),
    "KeyFinder": ("keys", "KeyFinder"),
    "Monitor": ("monitor", "Monitor"),
    "Paths": ("paths", "Paths"),
    "Reading": ("reading", "Reading"),
    "Status": ("status", "Status"),
    "Store": ("store", "Store"),
    "default_paths": ("paths", "default"),
    "load_config": ("config", "load"),
}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _WHERE[name]
    return getattr(import_module(f".{module}", __name__), attribute)
