"""Find the node of a lane's graphs for a place that was selected on another screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fwtui.core.graph import Graph
from fwtui.core.oplog import OpLog
from fwtui.tui.common.op_node_match import Features, best_match, of_graph, of_log
from fwtui.tui.common.selection import Place

Found = tuple[str, int]
"""A graph's kind, and a node's place in it."""


def node_of(place: Place, graphs: Sequence[Graph], log: OpLog | None) -> Found | None:
    """Return the node of `place`: its own, or that of its op, or the first of its line; None: there is none.

    Args:
        graphs: the graphs to search, in order of preference.
        log: the lane's op log, which `place.op` is an index into.
    """
    if _is_still_valid(place, graphs):
        return place.node
    if place.op is not None and log is not None and place.op < len(log.ops):
        return _most_like(of_log(log), place.op, graphs)
    if place.source is None:
        return None
    return _most_like([Features(source=place.source)], 0, graphs)


def like(graph: Graph, node: int, other: Graph) -> int | None:
    """Return the best match of `node` in another graph of the same lane, or in the same one at another step;
    None where there is none.
    """
    found = best_match(of_graph(graph), node, dict(enumerate(of_graph(other))))
    return None if found is None else found[0]


def _is_still_valid(place: Place, graphs: Sequence[Graph]) -> bool:
    """Return whether the place's node index is still valid: a recaptured graph has other indices."""
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
        if (one := best_match(own, place, _runnable(graph))) is not None
    ]
    if not found:
        return None
    _, kind, index = max(found, key=lambda one: one[0])
    return kind, index


def _runnable(graph: Graph) -> Mapping[int, Features]:
    """Return the features of the nodes that an op can match: a constant runs in no step."""
    return {index: one for index, one in enumerate(of_graph(graph)) if one.phase != "constant"}
