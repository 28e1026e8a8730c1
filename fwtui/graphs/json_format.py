"""Graphs as JSON, as `schema.json` beside this file describes it. What is unknown is null."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fwtui.core.graph import Graph, Node, NoGraph


def as_json(captures: Iterable[Graph | NoGraph]) -> dict[str, Any]:
    """Return `graphs`, the captured ones, and `missing`, those that could not be captured."""
    captures = list(captures)
    return {
        "graphs": [_graph(one) for one in captures if isinstance(one, Graph)],
        "missing": [
            {"kind": one.kind, "title": one.title, "reason": one.reason}
            for one in captures
            if isinstance(one, NoGraph)
        ],
    }


def _graph(graph: Graph) -> dict[str, Any]:
    return {
        "kind": graph.kind,
        "title": graph.title,
        "captured": graph.captured,
        "nodes": [_node(index, node) for index, node in enumerate(graph.nodes)],
        "parts": dict(graph.parts),
    }


def _node(index: int, node: Node) -> dict[str, Any]:
    return {
        "id": index,
        "op": node.op,
        "name": node.name,
        "phase": node.phase,
        "inputs": [list(taken) for taken in node.inputs],
        "outputs": [{"dtype": one.dtype, "shape": list(one.shape)} for one in node.outputs],
        "scope": node.scope,
        "source": None if node.source is None else {"file": node.source[0], "line": node.source[1]},
        "flops": node.flops,
        "detail": node.detail,
    }
