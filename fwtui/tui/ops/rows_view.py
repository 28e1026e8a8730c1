"""Base class of the log and the timeline view: a line for each row of ops, a heading for each phase."""

from __future__ import annotations

from fwtui.core.op_stats import not_finite
from fwtui.core.oplog import LoggedOp
from fwtui.format.ops import cut
from fwtui.ops.rows import Row
from fwtui.ops.vocabulary.canonical import computes
from fwtui.tui.ops.lines import Cursor, RenderContext, Shade, Span, Style

_INDENT = 2
"""Cells by which an op is indented below the call that it ran inside of."""
_DEEPEST = 4


class RowsView:
    """Lines that are rows of ops. Subclasses define the content of a line."""

    def __init__(self, looked: RenderContext) -> None:
        self._looked = looked
        self._pairing = looked.pairing
        self._match = looked.pairing.match(*looked.cursor) if looked.cursor else None

    def __len__(self) -> int:
        return len(self._looked.rows)

    def op(self, index: int, side: int) -> int | None:
        """The op of that side in a row."""
        row = self._looked.rows[index]
        return row.ops[side] if isinstance(row, Row) else None

    def cursor_line(self) -> int | None:
        """Return the row of the op at the cursor."""
        if self._looked.cursor is None:
            return None
        side, op = self._looked.cursor
        return next((index for index in range(len(self)) if self.op(index, side) == op), None)

    def shade(self, index: int, side: int | None) -> Shade:
        """Highlight the op at the cursor, and its matches."""
        cursor = self._looked.cursor
        if cursor is None or side is None or (op := self.op(index, side)) is None:
            return ""
        if (side, op) == cursor:
            return "cursor"
        across = (self._match.left, self._match.right)[side] if self._match and side != cursor.side else ()
        return "counterpart" if op in across else ""

    def _label(self, op: LoggedOp, side: int, width: int) -> list[Span]:
        """Mark, indent and name of an op, with a word on numbers that are not finite."""
        wrong = not_finite_word(op)
        indent = " " * (_INDENT * min(self._pairing.depth(side, op.number), _DEEPEST))
        # `cut` takes a name's own blanks for what a terminal might act on.
        name = indent + cut(op.op, max(width - 2 - len(indent) - len(wrong), 0))
        return [
            Span("▎ ", op.phase or "faint", side),
            Span(name, self._style(op, side), side),
            *([Span(wrong, "error", side)] if wrong else []),
        ]

    def _style(self, op: LoggedOp, side: int) -> Style:
        cursor = self._looked.cursor
        if cursor == Cursor(side, op.number):
            return "strong"
        if cursor is not None and cursor.side == side and op.number in self._looked.found:
            return "found"
        return "" if computes(op.op) else "dim"


def not_finite_word(op: LoggedOp) -> str:
    """` NaN inf`, or nothing."""
    return "".join(f" {word}" for word, count in zip(("NaN", "inf"), not_finite(op), strict=True) if count)
