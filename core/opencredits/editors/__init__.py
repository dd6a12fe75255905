"""Putting the adapters in place: one for each editor, from this package to where the editor finds it."""

from __future__ import annotations

from .adapter import Adapter, Editor
from .neovim import Neovim
from .sublime import Sublime
from .vim import Vim
from .vscode import VsCode

__all__ = ["EDITORS", "Adapter", "Editor", "VsCode"]

EDITORS: dict[str, type[Editor]] = {"neovim": Neovim, "vim": Vim, "sublime": Sublime, "vscode": VsCode}
"""Each editor by its name on the command line. What takes a program to look at comes last."""
