"""Loads packages as Sublime does: only modules at their top are plugins.

A file that was saved is reloaded in place (`importlib.reload`: what its module held is still there); a
package that is disabled loses the modules of its plugins, and only those.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import types
import zipfile
from collections import Counter
from typing import Any

import sublime_plugin
from application import app

PYTHONS = {"3.8", "3.13", "3.14"}


def load(package: str) -> None:
    """Load its plugins, or load them again."""
    base = _make_package(package)
    python = app.resource(f"Packages/{package}/.python-version")
    if python is None or python.decode().strip() not in PYTHONS:
        app.refuse(f"{package} is for Python 3.3: its .python-version is {python!r}")
    importlib.invalidate_caches()
    for name in _plugins(base):
        _load_plugin(f"{package}.{name}")


def disable(package: str) -> None:
    """Unload its plugins."""
    for name in [each for each in sys.modules if each.startswith(f"{package}.") and each.count(".") == 1]:
        module = sys.modules[name]
        if name.split(".")[1] in _plugins(_make_package(package)):
            _unload(module)
            del sys.modules[name]


def _make_package(package: str) -> str:
    """Where its modules come from: the loose folder wins over the archive."""
    folder = os.path.join(app.data, "Packages", package)
    archive = os.path.join(app.installed(), f"{package}.sublime-package")
    base = folder if os.path.isdir(folder) else archive
    if package not in sys.modules:
        module = types.ModuleType(package)
        module.__path__ = [base]
        sys.modules[package] = module
    return base


def _plugins(base: str) -> list[str]:
    if os.path.isdir(base):
        files = os.listdir(base)
    else:
        with zipfile.ZipFile(base) as archive:
            files = archive.namelist()
    names = [os.path.splitext(each) for each in files if "/" not in each]
    return sorted(name for name, ending in names if ending == ".py" and name != "__init__")


def _load_plugin(name: str) -> None:
    old = sys.modules.get(name)
    if old is not None:
        _unload(old)
    app.loading, before, app.watch.phase = name, app.watch.phase, "import"
    try:
        module = importlib.import_module(name) if old is None else importlib.reload(old)
    except Exception:  # noqa: BLE001
        app.stumble()
        return
    finally:
        app.loading, app.watch.phase = None, before
    sublime_plugin.register(module)
    if app.ready:
        loaded(module)


def loaded(module: types.ModuleType) -> None:
    """The API is ready for it."""
    sublime_plugin.tell_of_views(module)
    function = module.__dict__.get("plugin_loaded")
    if function is not None:
        app.run(function, "plugin_loaded")


def _unload(module: types.ModuleType) -> None:
    function = module.__dict__.get("plugin_unloaded")
    if function is not None:
        app.run(function, "plugin_unloaded")
    sublime_plugin.forget(module)


def left_behind(package: str) -> dict[str, Any]:
    """What of a package is there: its modules, its classes and how many of each live."""
    gc.collect()
    inside = (package, f"{package}.")

    def is_ours(name: Any) -> bool:
        return isinstance(name, str) and (name == inside[0] or name.startswith(inside[1]))

    objects = gc.get_objects()
    classes = [each for each in objects if isinstance(each, type) and is_ours(each.__module__)]
    living = Counter(
        type(each).__qualname__ for each in objects if is_ours(getattr(type(each), "__module__", None))
    )
    return {
        "modules": sorted(each for each in sys.modules if is_ours(each)),
        "all_modules": len(sys.modules),
        "classes": dict(Counter(each.__qualname__ for each in classes)),
        "living": dict(living),
    }
