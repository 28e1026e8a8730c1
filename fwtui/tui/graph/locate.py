"""Which node of a lane's graphs a place is that was selected on another screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fwtui.core.graph import Graph
from fwtui.core.oplog import OpLog
from fwtui.tui.common.op_node_match import Features, best_match, of_graph, of_log
from fwtui.tui.common.selection import Place

Found = tuple[str, int]
"""A graph's kind, and a node's place in it."""


def node_of(place: Place, graphs: Sequence[Graph], log: OpLog | None) -> Found | None:
    """The node that `place` is: itself, or that of its op, or the first of its line; None: there is none.

    Args:
        graphs: those to look in, the one to be preferred first.
        log: the lane's op log, in which `place.op` counts.
    """
    if _stands(place, graphs):
        return place.node
    if place.op is not None and log is not None and place.op < len(log.ops):
        return _most_like(of_log(log), place.op, graphs)
    if place.source is None:
        return None
    return _most_like([Features(source=place.source)], 0, graphs)


def like(graph: Graph, node: int, other: Graph) -> int | None:
    """The node of another graph of the same lane, or of the same one in another step, that is most like
    `node`; None where none is.
    """
    found = best_match(of_graph(graph), node, dict(enumerate(of_graph(other))))
    return None if found is None else found[0]


def _stands(place: Place, graphs: Sequence[Graph]) -> bool:
    """Whether the place's node is still the one that was selected: a graph that was told anew has others."""
    if place.node is None:
        return False
    kind, index = place.node
    nodes = next((graph.nodes for graph in graphs if graph.kind == kind), ())
    if index >= len(nodes):
        return False
    sources = (nodes[index].source, place.source)
    return None in sources or sources[0] == sources[1]


def _most_like(own: Sequence[Features], place: int, graphs: Sequence[Graph]) -> Found | None:
    found = [
        (one[1], graph.kind, one[0])
        for graph in graphs
        if (one := best_match(own, place, _told(graph))) is not None
    ]
    if not found:
        return None
    _, kind, index = max(found, key=lambda one: one[0])
    return kind, index


def _told(graph: Graph) -> Mapping[int, Features]:
    """What an op can be: a constant runs in no step."""
    return {index: one for index, one in enumerate(of_graph(graph)) if one.phase != "constant"}
