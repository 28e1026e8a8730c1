"""Layout of a graph that is drawn downwards, one row for each node.

Every value that is still to be taken has a lane, a column of its own, from the row of the node that gives it
to that of the last node that takes it: one lane, however many take it. So the number of lanes is that of the
values alive at once, which in a training step is the number of activations kept for the backward pass. No
terminal is wide enough for that, and no eye follows a line over several screens; so long edges, and those
beyond a number of lanes, are links: a node number at each end.

Library layouts (Sugiyama's, as grandalf and Graphviz have it) place nodes side by side, and take seconds
at a thousand nodes; ports of git's and Sapling's row renderers have a lane for each edge and no bound on
their number.
"""

from __future__ import annotations

from dataclasses import dataclass

from fwtui.core.graph import Graph, Node

MOST_LANES = 12
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One node and the lanes in its row; columns count from 0.

    Attributes:
        node: its place in `Graph.nodes`.
        column: the node's column.
        lanes: for each column, whose output comes in from the row above; None where nothing does.
        joins: the columns whose lanes the node takes, its own included where one ends in it.
        ends: those of them that end here.
        links: nodes that it takes something from by an edge that is not drawn.
    """

    node: int
    column: int
    lanes: tuple[int | None, ...]
    joins: tuple[int, ...]
    ends: tuple[int, ...]
    links: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """Layout of a whole graph.

    Attributes:
        rows: in their order from the top.
        row_of: node -> its row; constants without inputs have none, they are shown in their
            consumers' rows.
        constants: node -> the constants that it takes.
        takers: node -> nodes that take something from it by an edge that is not drawn.
        columns: how many there are.
    """

    rows: tuple[Row, ...]
    row_of: dict[int, int]
    constants: dict[int, tuple[int, ...]]
    takers: dict[int, list[int]]
    columns: int


def plan(graph: Graph, most_lanes: int = MOST_LANES, longest: int = LONGEST) -> Plan:
    """Places every node of `graph` but constants.

    Args:
        most_lanes: values that may be alive beside a node.
        longest: rows that an edge may span.
    """
    nodes = graph.nodes
    order = _order(nodes)
    row_of = {node: row for row, node in enumerate(order)}
    takes = {node: tuple(dict.fromkeys(source for source, _ in nodes[node].inputs)) for node in order}
    last = _last_rows(order, row_of, takes, most_lanes, longest)
    rows, columns = _rows(order, row_of, takes, last)
    takers: dict[int, list[int]] = {}
    for row in rows:
        for source in row.links:
            takers.setdefault(source, []).append(row.node)
    constants = {
        node: held for node in order if (held := tuple(s for s in takes[node] if _is_constant(nodes[s])))
    }
    return Plan(rows, row_of, constants, takers, columns)


def _is_constant(node: Node) -> bool:
    return node.phase == "constant" and not node.inputs


def _order(nodes: tuple[Node, ...]) -> list[int]:
    """Return the nodes in their own order, but a node without inputs directly above its first consumer."""
    placed = [False] * len(nodes)
    taken = [False] * len(nodes)
    for node in nodes:
        for source, _ in node.inputs:
            taken[source] = True
    order: list[int] = []
    for index, node in enumerate(nodes):
        if placed[index] or (not node.inputs and (taken[index] or _is_constant(node))):
            continue
        for source, _ in node.inputs:
            if not placed[source] and not nodes[source].inputs and not _is_constant(nodes[source]):
                placed[source] = True
                order.append(source)
        placed[index] = True
        order.append(index)
    return order


def _last_rows(
    order: list[int],
    row_of: dict[int, int],
    takes: dict[int, tuple[int, ...]],
    most_lanes: int,
    longest: int,
) -> dict[int, int]:
    """The row in which each node's lane ends; one that has none is not in it.

    A lane ends early where the next that takes the value is too far. Where more lanes than may be lie beside
    each other, the one that goes furthest until it is taken is given up from there on: that keeps the most.
    """
    uses: dict[int, list[int]] = {}
    for row, node in enumerate(order):
        for source in takes[node]:
            if row_of.get(source, row) < row:
                uses.setdefault(source, []).append(row)
    last: dict[int, int] = {}
    alive: dict[int, int] = {}  # value -> the row where it is taken next
    at = dict.fromkeys(uses, 0)  # value -> which of its uses that is
    for row, node in enumerate(order):
        for value in (*(source for source in takes[node] if alive.get(source) == row), node):
            if value != node:
                del alive[value]
                last[value] = row
                at[value] += 1
            following = uses.get(value, ())[at.get(value, 0) :][:1]
            if following and following[0] - row <= longest:
                alive[value] = following[0]
        while len(alive) > most_lanes:
            del alive[max(alive, key=alive.__getitem__)]
    return last


def _rows(
    order: list[int], row_of: dict[int, int], takes: dict[int, tuple[int, ...]], last: dict[int, int]
) -> tuple[tuple[Row, ...], int]:
    """Every row, and how many columns they need."""
    lanes: list[int | None] = []
    column_of: dict[int, int] = {}
    rows = []
    kept_free = (
        -1
    )  # a node that nothing is drawn from has nothing right below it: that would look like an edge
    for row, node in enumerate(order):
        before = tuple(lanes)
        drawn = [source for source in takes[node] if row <= last.get(source, -1) and source in column_of]
        links = [s for s in takes[node] if s in row_of and s not in drawn]
        joins = [column_of[source] for source in drawn]
        ends = [column_of[source] for source in drawn if last[source] == row]
        for source in drawn:
            if last[source] == row:
                lanes[column_of.pop(source)] = None
        column = _column(lanes, joins, ends, kept_free)
        if column == len(lanes):
            lanes.append(None)
        if node in last:
            lanes[column] = node
            column_of[node] = column
            kept_free = -1
        else:
            kept_free = column
        rows.append(Row(node, column, before, tuple(joins), tuple(ends), tuple(links)))
    return tuple(rows), len(lanes)


def _column(lanes: list[int | None], joins: list[int], ends: list[int], kept_free: int) -> int:
    """Return a node's column: as far left as a lane that ends in it allows, or near the lanes it takes."""
    free = [column for column, value in enumerate(lanes) if value is None and column != kept_free]
    if ends:
        return min(*ends, *free) if free else min(ends)
    if not free:
        return len(lanes)
    return min(free, key=lambda column: sum(abs(column - join) for join in joins))
