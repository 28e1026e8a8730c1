"""Graphs as Google's Model Explorer opens them: a GraphCollection in JSON, every graph in one file.

The fields are those of its `graph_builder.py`:
https://github.com/google-ai-edge/model-explorer/blob/main/src/server/package/src/model_explorer/graph_builder.py
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fwtui.core.graph import Graph, Node
from fwtui.graphs.lines import source, tensor


def as_model_explorer(label: str, graphs: Iterable[Graph]) -> dict[str, Any]:
    """The collection `label`. Phases, and scopes in them, are the layers that it opens and closes."""
    return {"label": label, "graphs": [_graph(graph) for graph in graphs]}


def _graph(graph: Graph) -> dict[str, Any]:
    return {
        "id": graph.kind,
        "nodes": [_node(index, node) for index, node in enumerate(graph.nodes)],
        "groupNodeAttributes": {"": {"title": graph.title, "captured": graph.captured}},
    }


def _node(index: int, node: Node) -> dict[str, Any]:
    attributes = {
        "name": node.name,
        "source": source(node),
        "flops": "" if node.flops is None else f"{node.flops:,}",
        "detail": node.detail,
    }
    return {
        "id": str(index),
        "label": node.op,
        "namespace": f"{node.phase}/{node.scope}".rstrip("/"),
        "attrs": _pairs({key: value for key, value in attributes.items() if value}),
        "incomingEdges": [
            {"sourceNodeId": str(giver), "sourceNodeOutputId": str(output), "targetNodeInputId": str(place)}
            for place, (giver, output) in enumerate(node.inputs)
        ],
        "outputsMetadata": [
            {"id": str(place), "attrs": _pairs({"tensor": tensor(one)})}
            for place, one in enumerate(node.outputs)
        ],
    }


def _pairs(attributes: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in attributes.items()]
