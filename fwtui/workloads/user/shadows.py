"""Files beside a user's file that it does not get, since Python or an installed package has their name.

What lies beside a user's file comes last in the module search path: a `random.py` there must not become the
`random` of a framework. Python itself, running the file as a script, would take it first.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType


def shadowed_imports(tree: ast.AST, path: Path) -> tuple[str, ...]:
    """A line for each import in the file at `path`, parsed as `tree`, that is not of the module beside it."""
    found: dict[str, int] = {}
    for line, name in _imports(tree):
        if name not in found and _is_beside(name, path.parent) and _origin(name, path.parent):
            found[name] = line
    return tuple(
        f"{path.name}:{line}: imports {name} from {_origin(name, path.parent)}, not {name}.py beside it"
        for name, line in found.items()
    )


def shadow_hint(error: BaseException, folder: Path) -> str | None:
    """What mends an error about a module that the user may have meant to be one beside the file."""
    name = None
    if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        name = error.obj.__name__
    elif isinstance(error, ImportError):
        name = error.name
    name = (name or "").partition(".")[0]
    if not name or not _is_beside(name, folder) or (origin := _origin(name, folder)) is None:
        return None
    return f"rename {name}.py beside it: {name} is imported from {origin}"


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.lineno, node.module.partition(".")[0]


def _is_beside(name: str, folder: Path) -> bool:
    return (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file()


def _origin(name: str, folder: Path) -> str | None:
    """Where a module comes from that is not the one in `folder`; None where it is that one."""
    if name in sys.builtin_module_names:
        return "Python itself"
    spec = PathFinder.find_spec(name, [entry for entry in sys.path if Path(entry) != folder])
    return None if spec is None else spec.origin or "an installed package"
