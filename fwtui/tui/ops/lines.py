"""Parts of all views of op logs: pieces of lines, the cursor, and texts cut to fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from fwtui.core.oplog import OP_PHASES, OpPhase
from fwtui.ops.align.log_pair import Pairing
from fwtui.ops.rows import Rows

Style = Literal["", "dim", "faint", "strong", "left", "right", "warning", "error", "found"] | OpPhase
STYLES: tuple[Style, ...] = (
    *("dim", "faint", "strong", "left", "right", "warning", "error", "found"),
    *OP_PHASES,
)
LANES: tuple[Style, Style] = ("left", "right")
Shade = Literal["", "cursor", "counterpart"]


class Span(NamedTuple):
    """A piece of a line. `side`: whose it is, and is shaded with; None where it belongs to both."""

    text: str
    style: Style = ""
    side: int | None = None


class Cursor(NamedTuple):
    """The op at the cursor: its side, and its number in that side's log."""

    side: int
    op: int


@dataclass(frozen=True)
class RenderContext:
    """Everything that a view shows.

    Attributes:
        rows: the ops in the order in which they are shown.
        sides: which sides are drawn: both, or in a narrow window that of the cursor.
        cursor: None where there is no op.
        found: the ops of the cursor's side that a search has found.
    """

    pairing: Pairing
    rows: Rows
    sides: tuple[int, ...]
    cursor: Cursor | None
    found: frozenset[int]

    @property
    def narrow(self) -> bool:
        """Whether there is room for one side only."""
        return len(self.sides) == 1


class View(Protocol):
    """A table of lines, made when they are asked for."""

    def __len__(self) -> int:
        """Return the number of lines."""

    def head(self, width: int) -> Sequence[Span]:
        """Return the heads of the columns."""

    def line(self, index: int, width: int) -> Sequence[Span]:
        """Return a line of `width` cells or fewer."""

    def shade(self, index: int, side: int | None) -> Shade:
        """Return the background of that side's part of a line."""

    def op(self, index: int, side: int) -> int | None:
        """Return the op of that side in a line; None where it has none."""

    def cursor_line(self) -> int | None:
        """Return the line of the cursor; None where it is on none."""
