"""View model of a graph as rows with a cursor: a tree with groups to fold, or a drawing. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Literal, Protocol

from fwtui.core.text import plain
from fwtui.format.numbers import prefixed
from fwtui.graphs import tree
from fwtui.graphs.lines import called, outputs, padded, source
from fwtui.graphs.tree import Group, TreeRow
from fwtui.tui.graph.graph_index import GraphFacts

Item = int | str
"""A node, by its place in `Graph.nodes`, or a group of the tree, by its path."""
Mark = Literal["same", "several", "alone", ""]
"""Whether the other graph has a counterpart: one, several to one, or none; "" where that is no question."""
Piece = tuple[str, str]
"""A text, and what it is: a style of `fwtui.graphs.lines`, a mark, or `faint`."""

MARKS: dict[Mark, str] = {"same": "=", "several": "&", "alone": "+", "": " "}
_OPEN, _CLOSED = "▾ ", "▸ "
_SPACE = 2
_MARK_WIDTH = 2
_WIDEST = {"op": 26, "outputs": 18, "flops": 6, "source": 26, "name": 40}
_LEAST = 10
_LEAST_OP = 22
"""What an op is called may be cut so far for its figures to be seen."""
_ROOM_FOR_NAMES = 108
MarkOf = Callable[[int], Mark]


class Page(Protocol):
    """Rows from the top, counted from 0."""

    def __len__(self) -> int:
        """How many there are."""

    def line(self, row: int, width: int) -> Sequence[Piece]:
        """Return the pieces of a row of `width` cells."""

    def item(self, row: int) -> Item:
        """What a row is."""

    def row(self, item: Item) -> int | None:
        """Where `item` is; None where it is folded away or left out."""

    def move(self, row: int, by: int) -> int:
        """Where the cursor comes to from `row`."""


class TreePage:
    """A graph by phase and scope.

    Args:
        groups: the tree, or what a filter leaves of it.
        is_open: whether a group's children are shown.
        mark: of each node.
        widths: of each column, see `GraphFacts.widths`; the same for both sides, so that both have the same.
    """

    def __init__(
        self,
        facts: GraphFacts,
        groups: tuple[Group, ...],
        is_open: Callable[[Group], bool],
        mark: MarkOf,
        widths: Mapping[str, int],
    ) -> None:
        self._facts, self._mark, self._is_open, self._widths = facts, mark, is_open, widths
        self.rows = tuple(tree.rows(groups, None, is_open))
        self._row_of = {_item(row): number for number, row in enumerate(self.rows)}
        self._columns: tuple[int, dict[str, int]] = (0, {})

    def __len__(self) -> int:
        return len(self.rows)

    def line(self, row: int, width: int) -> Sequence[Piece]:
        """Return the branches and a group, or a node with as many columns as fit."""
        shown = self.rows[row]
        if not isinstance(shown.item, int):
            return self._group(shown)
        index = shown.item
        node = self._facts.graph.nodes[index]
        mark = self._mark(index)
        pieces: list[Piece] = [(MARKS[mark].ljust(_MARK_WIDTH), mark or "faint"), (shown.branches, "edge")]
        columns = self._fitting(width)
        for column, room in columns.items():
            match column:
                case "op":
                    text = plain(node.op) if "name" in columns else called(node)
                    pieces.append((padded(text, max(room - len(shown.branches), 1)), "op"))
                case "outputs":
                    pieces.append((padded(outputs(node), room), "tensor"))
                case "flops":
                    text = prefixed(node.flops) if node.flops else ""
                    pieces.append((text.rjust(room), "tensor"))
                case "source":
                    pieces.append((_tail(source(node), room).ljust(room), "detail"))
                case "name":
                    pieces.append((padded(shown.name(self._facts.graph), room), "name"))
            pieces.append((" " * _SPACE, "detail"))
        return pieces

    def item(self, row: int) -> Item:
        """Return the node or group of a row."""
        return _item(self.rows[row])

    def row(self, item: Item) -> int | None:
        """Return the row of a node or group; None where it has none."""
        return self._row_of.get(item)

    def move(self, row: int, by: int) -> int:
        """Return the row `by` rows further, within the page: every row can have the cursor."""
        return min(max(row + by, 0), len(self.rows) - 1)

    def _group(self, shown: TreeRow) -> Sequence[Piece]:
        branches, name, summary = tree.group_line(self._facts.graph, shown)
        sign = _OPEN if isinstance(shown.item, Group) and self._is_open(shown.item) else _CLOSED
        return (" " * _MARK_WIDTH, "faint"), branches, (sign, "edge"), name, summary

    def _fitting(self, width: int) -> dict[str, int]:
        """The columns that `width` has room for; the last one may be cut."""
        if self._columns[0] != width:
            left, columns = width - _MARK_WIDTH, {}
            widest = {**self._widths, "flops": _WIDEST["flops"]}
            for column, most in _WIDEST.items():
                if column == "op":
                    figures = sum(min(widest[one], _WIDEST[one]) + _SPACE for one in ("outputs", "flops"))
                    most = min(most, max(left - figures, _LEAST_OP))
                room = min(widest[column], most, left)
                if room < min(widest[column], _LEAST) or not room:
                    continue
                columns[column] = room
                left -= room + _SPACE
            self._columns = width, columns
        return self._columns[1]


class DrawingPage:
    """A graph drawn downwards, with edges as lines.

    Args:
        kept: the nodes that the cursor goes to, the others are faint; None: all of them.
        mark: of each node.
    """

    def __init__(self, facts: GraphFacts, kept: Container[int] | None, mark: MarkOf) -> None:
        self._facts, self._kept, self._mark = facts, kept, mark
        self._plan = facts.short_drawing.plan
        self._taker = {
            constant: node for node, held in reversed(self._plan.constants.items()) for constant in held
        }

    def __len__(self) -> int:
        return len(self._plan.rows)

    def line(self, row: int, width: int) -> Sequence[Piece]:
        """The edges beside a node, what it is, and its links."""
        wide = width >= _ROOM_FOR_NAMES
        drawing = self._facts.drawing if wide else self._facts.short_drawing
        index = self._plan.rows[row].node
        mark = self._mark(index)
        line: Sequence[Piece] = drawing.line(row)
        if self._kept is not None and index not in self._kept:
            line = [(text, "edge" if style == "edge" else "faint") for text, style in line]
        return [(MARKS[mark].ljust(_MARK_WIDTH), mark or "faint"), *line]

    def item(self, row: int) -> Item:
        """The node of a row."""
        return self._plan.rows[row].node

    def row(self, item: Item) -> int | None:
        """The row of a node; a constant's is that of the first node that takes it."""
        if not isinstance(item, int):
            return None
        return self._plan.row_of.get(self._taker.get(item, item))

    def move(self, row: int, by: int) -> int:
        """The row of the next kept node from there on, or of the last one in that direction."""
        goal = min(max(row + by, 0), len(self) - 1)
        if self._kept is None:
            return goal
        ahead = range(goal, len(self) if by > 0 else -1, 1 if by > 0 else -1)
        behind = range(goal, row, -1 if by > 0 else 1)
        rows = (at for span in (ahead, behind) for at in span if self._plan.rows[at].node in self._kept)
        return next(rows, row)


def _item(row: TreeRow) -> Item:
    match row.item:
        case Group() as group:
            return group.path
        case int() as index:
            return index
        case rest:
            raise TypeError(f"{rest} stands for nodes that are not shown")


def _tail(text: str, room: int) -> str:
    """Return `text` in at most `room` characters, its end kept, as it holds the line's number."""
    return text if len(text) <= room else f"…{text[len(text) - room + 1 :]}"
