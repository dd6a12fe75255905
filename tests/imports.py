"""What the package's modules import, read from their source: at the top, inside of functions, for types."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "core" / "opencredits"
ROOT = PACKAGE.name


@cache
def graph() -> dict[str, frozenset[str]]:
    """Each module with all that it imports, by full names. "opencredits.errors", "httpx", "os.path"."""
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in modules().items()}
    return {name: frozenset(_imports(name, tree)) for name, tree in trees.items()}


@cache
def modules() -> dict[str, Path]:
    """Each module of the package with its file."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = [ROOT, *path.relative_to(PACKAGE).with_suffix("").parts]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def own(name: str) -> set[str]:
    """The modules of the package that one of them imports."""
    return {imported for imported in graph()[name] if imported.split(".")[0] == ROOT}


def foreign(name: str) -> set[str]:
    """The libraries that a module imports: neither ours nor Python's own."""
    tops = {imported.split(".")[0] for imported in graph()[name]}
    return tops - {ROOT} - sys.stdlib_module_names


def part_of(name: str) -> str:
    """The file or folder right under the package: "opencredits.store.lease" is of "store"."""
    return name.split(".")[1] if "." in name else ""


def _imports(name: str, tree: ast.AST) -> Iterator[str]:
    package = name if modules()[name].name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*up, *([node.module] if node.module else [])])
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                if whole in modules():
                    yield whole
                elif (source, alias.name) != (ROOT, "__version__"):  # a fact, not a dependency
                    yield source
