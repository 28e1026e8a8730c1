"""Python source as text: whole functions by name or by line, found without importing anything."""

from __future__ import annotations

import ast
import textwrap
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from fwtui.core.text import plain

MOST_BYTES = 2_000_000
MOST_LINES = 5_000
_TAB = 4

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class UnreadableError(Exception):
    """A file whose source cannot be shown; the message says why."""


@dataclass(frozen=True)
class Piece:
    """Whole lines of a file that belong together.

    Attributes:
        name: qualified name of the function or class that they are.
        first: the number of the first line, counted from 1.
        lines: their text, without the indent that all of them share.
    """

    name: str
    first: int
    lines: tuple[str, ...]

    def holds(self, line: int) -> bool:
        """Whether a line of the file is one of these."""
        return self.first <= line < self.first + len(self.lines)


@dataclass(frozen=True)
class SourceFile:
    """A Python file as it was when it was read.

    Attributes:
        lines: as Python counts them, fit for a terminal.
    """

    path: Path
    lines: Sequence[str]
    tree: ast.Module = field(repr=False)

    @staticmethod
    def read(path: Path) -> SourceFile:
        """The file at `path`.

        Raises:
            UnreadableError: there is none, or none that is Python of a decent size.
        """
        try:
            if path.stat().st_size > MOST_BYTES:
                raise UnreadableError(f"{path.name} is larger than {MOST_BYTES / 1e6:g} MB")
            with tokenize.open(path) as file:
                text = file.read()
            tree = ast.parse(text)
        except OSError as error:
            raise UnreadableError(f"{path.name}: {error.strerror or error}") from None
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            said = error.msg if isinstance(error, SyntaxError) else error
            raise UnreadableError(f"{path.name} is not valid Python: {plain(str(said))}") from None
        return SourceFile(path, [_fit(line) for line in text.split("\n")], tree)

    def functions(self, names: Iterable[str]) -> list[Piece]:
        """The functions called so, and those at the top of the file that they call, in their order there.

        What is not there is left out, and so is the class of a method that names it.
        """
        named = [self._by_name[name] for name in names if name in self._by_name]
        found = list(named)
        for node in found:  # grows while it is walked through
            called = (one for one in self._called(node) if not any(_inside(method, one) for method in named))
            found += dict.fromkeys(one for one in called if one not in found)
        outer = [node for node in found if not any(_inside(node, other) for other in found)]
        return [self._piece(node) for node in sorted(outer, key=lambda node: node.lineno)]

    def around(self, line: int) -> Piece | None:
        """The function at the top of the file, or the method, that a line is in; None where it is in none."""
        holding = [node for node in self._by_name.values() if _first(node) <= line <= _last(node)]
        functions = [node for node in holding if not isinstance(node, ast.ClassDef)]
        return self._piece(min(functions, key=_first)) if functions else None

    @cached_property
    def _by_name(self) -> dict[str, Function]:
        return dict(_named(self.tree, ""))

    @cached_property
    def _names(self) -> dict[ast.AST, str]:
        return {node: name for name, node in self._by_name.items()}

    def _called(self, node: Function) -> Iterator[Function]:
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in self._by_name:
                yield self._by_name[part.id]

    def _piece(self, node: Function) -> Piece:
        first = _first(node)
        lines = self.lines[first - 1 : _last(node)][:MOST_LINES]
        return Piece(self._names[node], first, tuple(textwrap.dedent("\n".join(lines)).split("\n")))


def _named(node: ast.AST, before: str) -> Iterator[tuple[str, Function]]:
    """Every class and function with its qualified name, but for those inside a function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield before + child.name, child
            if isinstance(child, ast.ClassDef):
                yield from _named(child, f"{before}{child.name}.")
        elif isinstance(child, ast.If | ast.Try | ast.With):
            yield from _named(child, before)


def _first(node: Function) -> int:
    """With its decorators."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _last(node: Function) -> int:
    return node.end_lineno or node.lineno


def _inside(node: Function, other: Function) -> bool:
    return node is not other and _first(other) <= _first(node) and _last(node) <= _last(other)


def _fit(line: str) -> str:
    """Without what a terminal would act on; every other sign keeps its place."""
    return "".join(c if c.isprintable() else "?" for c in line.expandtabs(_TAB))
