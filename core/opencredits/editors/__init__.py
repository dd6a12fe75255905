"""Putting the adapters in place: one for each editor, from this package to where the editor finds it."""

from __future__ import annotations

from .adapter import Adapter
from .neovim import neovim
from .vim import vim

__all__ = ["EDITORS", "Adapter"]

EDITORS = {"neovim": neovim, "vim": vim}
"""Each editor by its name, as a function that finds its adapter's place."""
