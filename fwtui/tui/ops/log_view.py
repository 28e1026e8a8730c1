"""The log view: a line for each op of a step, with matches in the same line."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from fwtui.core.oplog import LoggedOp
from fwtui.format import numbers
from fwtui.format.ops import cut, origin, output, right
from fwtui.ops.align.log_pair import Pairing
from fwtui.ops.rows import Heading
from fwtui.tui.ops.lines import Span, Style
from fwtui.tui.ops.match_marks import LINK, across, link
from fwtui.tui.ops.rows_view import RowsView

_ACROSS = 21
_LEAST = {"op": 18, "shape": 8, "time": 8, "bytes": 8, "source": 10}
_GROWING = ("source", "shape")
_DISPENSABLE = ("bytes", "source", "shape", "time")
_TEXTS: dict[str, tuple[Style, Callable[[LoggedOp, int], str]]] = {
    "shape": ("", lambda op, width: cut(output(op), width)),
    "time": ("", lambda op, width: right(numbers.duration(op.host_ns), width)),
    "bytes": ("dim", lambda op, width: right(numbers.size(op.nbytes), width)),
    "source": ("dim", lambda op, width: cut(origin(op, width), width)),
}


class LogView(RowsView):
    """Number, phase, op, shape, time, bytes and module or line of each op."""

    def head(self, width: int) -> list[Span]:
        """The names of the columns."""
        columns = self._columns(width)
        heads = {name: right(name, size) for name, size in columns.items()}
        heads["number"] = right("#", columns["number"])
        heads |= {name: name.ljust(columns[name]) for name in ("shape", "source") if name in columns}
        heads["op"] = "  op".ljust(columns["op"])
        side = Span(" ".join(heads.values()), "dim")
        return [side, Span("  across", "dim")] if self._looked.narrow else [side, Span(" " * LINK), side]

    def line(self, index: int, width: int) -> list[Span]:
        """A row, or the heading of a phase."""
        row = self._looked.rows[index]
        if isinstance(row, Heading):
            return heading(row, width)
        columns = self._columns(width)
        cells = [self._cells(row.ops[side], side, columns) for side in self._looked.sides]
        if self._looked.narrow:
            return [*cells[0], Span("  "), *across(self._looked, row, _ACROSS - 2)]
        return [*cells[0], link(self._looked, row), *cells[1]]

    def _cells(self, number: int | None, side: int, columns: dict[str, int]) -> list[Span]:
        if number is None:
            return [Span(" " * _total(columns))]
        op = self._pairing.ops(side)[number]
        texts = [(*_TEXTS[name], size) for name, size in columns.items() if name in _TEXTS]
        return [
            Span(f"{right(str(number), columns['number'])} ", "dim", side),
            *self._label(op, side, columns["op"]),
            *(Span(f" {text(op, size)}", style, side) for style, text, size in texts),
        ]

    def _columns(self, width: int) -> dict[str, int]:
        """How wide each column of a side is, in their order; what is least needed gives way."""
        room = width - _ACROSS if self._looked.narrow else (width - LINK) // 2
        most = max(len(self._pairing.ops(side)) for side in self._looked.sides)
        sizes = {"number": max(len(str(most)), 2), **_LEAST}
        for name in _DISPENSABLE:
            if _total(sizes) > room:
                del sizes[name]
        for name in _GROWING:
            if name in sizes:
                wanted = _widest(self._pairing)[name] - sizes[name]
                sizes[name] += max(min(room - _total(sizes), wanted), 0)
        sizes["op"] += room - _total(sizes)
        return sizes


@lru_cache(maxsize=1)
def _widest(pairing: Pairing) -> dict[str, int]:
    """How many characters the longest shape and source of both sides have."""
    ops = [*pairing.ops(0), *pairing.ops(1)]
    return {
        "shape": max((len(output(op)) for op in ops), default=0),
        "source": max((len(origin(op)) for op in ops), default=0),
    }


def _total(sizes: dict[str, int]) -> int:
    return sum(sizes.values()) + len(sizes) - 1


def heading(row: Heading, width: int) -> list[Span]:
    """A phase's name, and a line to the edge."""
    name = row.phase or "phase not known"
    return [Span(f" {name} ", row.phase or "dim"), Span("─" * (width - len(name) - 2), "faint")]
