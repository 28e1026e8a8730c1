"""Which node of a lane's graphs a place is that was selected on another screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fwtui.ops.names import canonical
from fwtui.race.graph import Graph, Node
from fwtui.race.oplog import LoggedOp, OpLog
from fwtui.tui.selection import Place

Found = tuple[str, int]
"""A graph's kind, and a node's place in it."""


def node_of(place: Place, graphs: Sequence[Graph], log: OpLog | None) -> Found | None:
    """The node that `place` is: itself, or that of its op, or the first of its line; None: there is none.

    Args:
        graphs: those to look in, the one to be preferred first.
        log: the lane's op log, in which `place.op` counts.
    """
    if place.node is not None:
        kind, index = place.node
        if any(graph.kind == kind and index < len(graph.nodes) for graph in graphs):
            return place.node
    if place.op is not None and log is not None and place.op < len(log.ops):
        return _of_op(log.ops[place.op], log, graphs)
    if place.source is None:
        return None
    return _first(graphs, lambda node: node.source == place.source and node.phase != "constant")


def like(node: Node, graph: Graph) -> int | None:
    """The node of another graph of the same lane that is most like `node`; None where none is of its line."""

    def score(other: Node) -> int:
        if other.name == node.name and other.op == node.op:
            return 3
        if node.source is None or other.source != node.source:
            return 0
        return 2 if _does(other.op, other.phase) == _does(node.op, node.phase) else 1

    best = max(range(len(graph.nodes)), key=lambda index: score(graph.nodes[index]), default=None)
    return best if best is not None and score(graph.nodes[best]) else None


def _of_op(op: LoggedOp, log: OpLog, graphs: Sequence[Graph]) -> Found | None:
    """The node of the same name; or that of the same line which does the same, the same one of several."""
    if op.name and (found := _first(graphs, lambda node: op.name in (node.name, _whole_name(node)))):
        return found
    if op.source is None:
        return None
    alike = [
        one.number
        for one in log.ops
        if one.source == op.source and _does(one.op, one.phase) == _does(op.op, op.phase)
    ]
    which = alike.index(op.number)
    for graph in graphs:
        nodes = [
            index
            for index, node in enumerate(graph.nodes)
            if node.source == op.source and _does(node.op, _phase(node)) == _does(op.op, op.phase)
        ]
        if nodes:
            return graph.kind, nodes[min(which, len(nodes) - 1)]
    return _first(graphs, lambda node: node.source == op.source and node.phase != "constant")


def _first(graphs: Sequence[Graph], fits: Callable[[Node], bool]) -> Found | None:
    return next(
        ((graph.kind, index) for graph in graphs for index, node in enumerate(graph.nodes) if fits(node)),
        None,
    )


def _does(op: str, phase: str | None) -> tuple[str | None, object]:
    return phase, canonical(op) or op


def _phase(node: Node) -> str | None:
    """A node's phase as a log has it, which does not tell the loss from the forward pass."""
    return "forward" if node.phase == "loss" else node.phase


def _whole_name(node: Node) -> str:
    return f"{node.scope}/{node.name}" if node.scope else node.name
