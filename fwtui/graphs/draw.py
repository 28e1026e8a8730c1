"""A graph drawn downwards in text: one row a node, lanes for what is still to be taken.

`├ ┼ ┤ ╰ ┴ ╯` take from a lane; where a line only passes one, the lane stays whole: `─│─`. `●` is a node, `○`
one that takes nothing. An edge that is not drawn is a number at both ends, `←` and `→`.
"""

from __future__ import annotations

from collections.abc import Iterator

from fwtui.core.graph import Graph, Node
from fwtui.core.text import plain
from fwtui.graphs.lanes import LONGEST, MOST_LANES, Row, plan
from fwtui.graphs.lines import Line, Span, cut, name_below, padded, tensor

_WIDEST_OP, _WIDEST_OP_ALONE, _WIDEST_NAME, _WIDEST_CONSTANT = 24, 20, 22, 24
_MOST_LINKS = 4
_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_BOX = {
    _UP | _DOWN | _RIGHT: "├",
    _UP | _DOWN | _LEFT: "┤",
    _UP | _DOWN | _LEFT | _RIGHT: "┼",
    _UP | _RIGHT: "╰",
    _UP | _LEFT: "╯",
    _UP | _LEFT | _RIGHT: "┴",
}


class Drawing:
    """A graph with its layout; lines are made one by one, so that a screenful of a large graph is quick.

    Args:
        most_lanes: maximum number of edges side by side.
        longest: maximum number of rows that a drawn edge spans.
        names: whether a line shows the node's name after its op; if not, the op is cut sooner too.

    Attributes:
        plan: the layout; line `i` is that of `plan.rows[i]`.
    """

    def __init__(
        self, graph: Graph, most_lanes: int = MOST_LANES, longest: int = LONGEST, names: bool = True
    ) -> None:
        self.graph = graph
        self._names = names
        self.plan = plan(graph, most_lanes, longest)
        nodes = [graph.nodes[row.node] for row in self.plan.rows]
        self._number_width = len(str(len(graph.nodes)))
        widest = _WIDEST_OP if names else _WIDEST_OP_ALONE
        self._op_width = min(widest, max((len(node.op) for node in nodes), default=0))
        self._name_width = min(
            _WIDEST_NAME,
            max((len(node.name.removeprefix(f"{node.scope}/")) for node in nodes), default=0),
        )

    def __len__(self) -> int:
        return len(self.plan.rows)

    def lines(self) -> Iterator[Line]:
        """Every line, from the top."""
        return map(self.line, range(len(self)))

    def line(self, number: int) -> Line:
        """The edges, then the node's number, its phase where another begins, what it is, and links."""
        row = self.plan.rows[number]
        node = self.graph.nodes[row.node]
        above = self.graph.nodes[self.plan.rows[number - 1].node] if number else None
        phase = "" if above is not None and above.phase == node.phase else node.phase
        left, right = self._edges(row)
        return (
            Span(left, "edge"),
            Span("●" if node.inputs else "○", node.phase),
            Span(right + "  ", "edge"),
            Span(f"{row.node:>{self._number_width}}  ", "number"),
            Span(f"{phase:8}  ", node.phase),
            Span(padded(plain(node.op), self._op_width) + "  ", "op"),
            Span(self._name(node), "name"),
            Span(_first_output(node), "tensor"),
            Span(self._links(row), "link"),
            Span(self._constants(row.node), "detail"),
        )

    def folded(self) -> str:
        """Return a description of what the drawing leaves out of its lines; "" where that is nothing."""
        constants = len(self.graph.nodes) - len(self)
        links = sum(len(row.links) for row in self.plan.rows)
        parts = []
        if constants:
            parts.append(f"constants, in ‹ › beside what takes them: {constants:,}")
        if links:
            parts.append(f"long edges, as numbers ← from and → to: {links:,}")
        return "; ".join(parts)

    def _name(self, node: Node) -> str:
        return padded(name_below(node, node.scope), self._name_width) + "  " if self._names else ""

    def _edges(self, row: Row) -> tuple[str, str]:
        """Return the edges drawn left and right of the node."""
        touched = (*row.joins, row.column)
        low, high = min(touched), max(touched)
        cells = []
        for column in range(self.plan.columns):
            between = low < column < high
            if column in row.joins:
                arms = _UP | (0 if column in row.ends else _DOWN)
                arms |= (_LEFT if column > low else 0) | (_RIGHT if column < high else 0)
                cells.append(_BOX.get(arms, "│"))
            elif column < len(row.lanes) and row.lanes[column] is not None:
                cells.append("│")
            else:
                cells.append("─" if between else " ")
            cells.append("─" if low <= column < high else " ")
        at = 2 * row.column
        return "".join(cells[:at]), "".join(cells[at + 1 :])

    def _constants(self, node: int) -> str:
        held = (self.graph.nodes[index] for index in self.plan.constants.get(node, ()))
        return "".join(f"  ‹{cut(plain(one.detail or one.name), _WIDEST_CONSTANT)}›" for one in held)

    def _links(self, row: Row) -> str:
        to = self.plan.takers.get(row.node, [])
        return _numbers("  ←", row.links) + _numbers("  →", to)


def _first_output(node: Node) -> str:
    """`float32[16×32]`, and how many more there are: the links behind it are to stay in sight."""
    more = f" +{len(node.outputs) - 1}" if len(node.outputs) > 1 else ""
    return plain(tensor(node.outputs[0])) + more if node.outputs else ""


def _numbers(sign: str, nodes: tuple[int, ...] | list[int]) -> str:
    more = f" and {len(nodes) - _MOST_LINKS:,} more" if len(nodes) > _MOST_LINKS else ""
    return f"{sign} {', '.join(map(str, nodes[:_MOST_LINKS]))}{more}" if nodes else ""
