"""From a user's Python file to a module: read, looked over, executed, without any framework."""

from __future__ import annotations

import ast
import contextlib
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from itertools import count
from pathlib import Path
from types import ModuleType

from fwtui.core.error_text import error_text
from fwtui.core.text import place
from fwtui.workloads.user.errors import MEND, UserFileError, gives_model, place_of
from fwtui.workloads.user.shadows import shadow_hint, shadowed_imports

FRAMEWORKS = ("torch", "tensorflow", "keras", "jax")
_IMPORT_INSIDE = "move the import into torch_loss or tensorflow_loss: each lane's process loads one framework"

_numbers = count()


@dataclass(frozen=True)
class OwnFile:
    """A user's file, executed.

    Attributes:
        lines: in which line each name is assigned or defined, of those at the top of the file.
        beside: the modules that it imported from its own folder, with their files.
        stamp: what `stamp_of` said of all these files before they were executed.
        notes: a line for each import that is not of the file beside it with that name.
    """

    path: Path
    module: ModuleType
    lines: Mapping[str, int]
    beside: Mapping[str, Path]
    stamp: tuple[object, ...]
    notes: tuple[str, ...] = ()

    def where(self, name: str) -> str:
        """`my_net.py:12`, the line of what is called `name`; without a line where there is none."""
        return place(self.path, self.lines.get(name))

    @property
    def changed(self) -> bool:
        """Whether any of the files is another one now."""
        return stamp_of([self.path, *self.beside.values()]) != self.stamp


def execute(path: Path, sizes: Mapping[str, int], stale: Mapping[str, Path]) -> OwnFile:
    """The module that the file at `path` makes, with other values for some of its constants.

    Args:
        sizes: values for names that the file assigns at its top. They replace what stands there before
            anything runs, so that what is worked out from them follows.
        stale: modules beside the file that an earlier execution imported, to be imported again.

    Raises:
        UserFileError: there is no such file, it is no Python, it imports a framework, or it raises.
    """
    stamp = stamp_of([path])
    tree = _parsed(path)
    if not _has_models(tree):
        _refuse_frameworks(path, tree)
    lines = _Constants.put(tree, sizes)
    # A name of its own, which torch.compile can import: it looks a net's globals up by their module.
    module = ModuleType(f"fwtui_own_{next(_numbers)}")
    module.__file__ = str(path)
    for name in stale:
        sys.modules.pop(name, None)
    before = set(sys.modules)
    sys.modules[module.__name__] = module
    # At the end: nothing of the user's may stand before a module that others import.
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    try:
        _run(path, tree, module)
    except BaseException:
        del sys.modules[module.__name__]
        raise
    beside = dict(_beside(path.parent, set(sys.modules) - before - {module.__name__}))
    stamp += stamp_of(list(beside.values()))
    return OwnFile(path, module, lines, beside, stamp, shadowed_imports(tree, path))


def stamp_of(paths: Sequence[Path]) -> tuple[object, ...]:
    """Tells apart versions of files; a file that cannot be looked at has a stamp too."""
    stamps: list[object] = []
    for path in paths:
        try:
            status = path.stat()
        except (OSError, ValueError):
            stamps.append(None)
        else:
            stamps.append((status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(stamps)


def _parsed(path: Path) -> ast.Module:
    try:
        if path.exists() and not path.is_file():
            raise UserFileError(
                str(path), "no file, but a folder or a device", "give the path of a Python file"
            )
        source = path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, UserFileError):
            raise
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        hint = "give the path of a Python file; `fwtui workloads new FILE` writes one"
        raise UserFileError(str(path), why, hint) from None
    try:
        return ast.parse(source, str(path))
    except SyntaxError as error:
        raise UserFileError(place(path, error.lineno), f"not valid Python: {error.msg}", MEND) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise UserFileError(
            place(path, None), f"not valid Python: {error}", "give the path of a Python file"
        ) from None


def _has_models(tree: ast.Module) -> bool:
    """Whether it is a file of models, at whose top their classes may stand, with the frameworks."""
    return any(isinstance(node, ast.FunctionDef) and gives_model(node.name) for node in tree.body)


def _refuse_frameworks(path: Path, tree: ast.Module) -> None:
    for node in _at_top(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        for name in names:
            if name.partition(".")[0] in FRAMEWORKS:
                raise UserFileError(place(path, node.lineno), f"imports {name} at the top", _IMPORT_INSIDE)


def _at_top(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when the file is loaded: nothing inside functions, nor what is there for type checkers."""
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        children = list(node.orelse)
    for child in children:
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _at_top(child)


class _Constants:
    """Names at the top of a file."""

    @staticmethod
    def put(tree: ast.Module, sizes: Mapping[str, int]) -> dict[str, int]:
        """Puts `sizes` in the place of what is assigned; in which line each name is assigned or defined."""
        lines: dict[str, int] = {}
        for statement in tree.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                lines[statement.name] = statement.lineno
            for target in _targets(statement):
                lines[target] = statement.lineno
                if target in sizes and isinstance(statement, ast.Assign | ast.AnnAssign):
                    constant = ast.Constant(sizes[target])
                    statement.value = ast.copy_location(constant, statement)
        return lines


def _targets(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and statement.value and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []


def _run(path: Path, tree: ast.Module, module: ModuleType) -> None:
    # What it prints must not end up in an answer on standard output.
    frameworks = contextlib.nullcontext() if _has_models(tree) else _no_framework()
    with frameworks, contextlib.redirect_stdout(sys.stderr):
        try:
            exec(compile(tree, str(path), "exec", dont_inherit=True), module.__dict__)
        except _FrameworkError as error:
            where, what = _where(error, path), f"imports {error.name} when it is loaded"
            raise UserFileError(where, what, _IMPORT_INSIDE) from None
        except SystemExit as error:
            where = _where(error, path)
            what = f"leaves Python when it is loaded (exit {error.code})"
            raise UserFileError(
                where, what, "put what only a script does under if __name__ == '__main__':"
            ) from None
        except BaseException as error:
            if isinstance(error, SyntaxError) and error.filename == str(path):
                raise UserFileError(
                    place(path, error.lineno), f"not valid Python: {error.msg}", MEND
                ) from None
            where = _where(error, path)
            hint = shadow_hint(error, path.parent) or MEND
            raise UserFileError(where, f"{error_text(error)} when it is loaded", hint) from error


def _where(error: BaseException, path: Path) -> str:
    found = place_of(error, path)
    return place(path, None) if found is None else place(*found)


def _beside(folder: Path, names: set[str]) -> Iterator[tuple[str, Path]]:
    for name in names:
        file = getattr(sys.modules.get(name), "__file__", None)
        if file is not None and Path(file).parent == folder:
            yield name, Path(file)


class _FrameworkError(ImportError):
    """A framework was to be imported; libraries that can do without one catch this as they always do."""


class _Refusal(MetaPathFinder):
    """Finds no framework for one thread; another one, of a lane, may import its own meanwhile."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        if name.partition(".")[0] in FRAMEWORKS and threading.get_ident() == self._thread:
            raise _FrameworkError(f"{name} must not be imported here", name=name)
        return None


@contextlib.contextmanager
def _no_framework() -> Iterator[None]:
    refusal = _Refusal()
    sys.meta_path.insert(0, refusal)
    try:
        yield
    finally:
        sys.meta_path.remove(refusal)
