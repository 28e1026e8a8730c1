"""A graph in DOT, for Graphviz and for Netron.

https://graphviz.org/doc/info/lang.html. Netron, which reads DOT besides the frameworks' own files, takes a
node's op from a record label of the form that torch.fx writes, `{name|op_code=…|key: value…}`, knows no
escapes in strings, and passes over subgraphs: so the phases are colours, and not clusters.
https://github.com/lutzroeder/netron/blob/main/source/dot.js
"""

from __future__ import annotations

from collections import Counter

from fwtui.core.graph import Graph, Node, NodePhase
from fwtui.core.text import plain
from fwtui.graphs.lines import outputs, tensor

_COLOURS: dict[NodePhase, str] = {
    "input": "#e0e0e0",
    "constant": "#f5f5f5",
    "forward": "#cfe3f6",
    "loss": "#f9e2b0",
    "backward": "#f6d3c4",
    "update": "#d3ecd2",
}
"""Okabe and Ito's colours, made pale enough to be written on."""
_MEANS_SOMETHING = str.maketrans({'"': "'", "\\": "/", "{": "(", "}": ")", "|": "¦", "<": "‹", ">": "›"})


def as_dot(graph: Graph) -> str:
    """`graph` as one directed graph."""
    names = _names(graph)
    lines = [
        f'digraph "{_text(graph.kind)}" {{',
        "rankdir=TB",
        'node [shape=record style=filled fontname="monospace" fontsize=10]',
        'edge [fontname="monospace" fontsize=8]',
    ]
    lines += [_node(names[index], node) for index, node in enumerate(graph.nodes)]
    for index, node in enumerate(graph.nodes):
        for giver, output in node.inputs:
            given = graph.nodes[giver].outputs
            label = _text(tensor(given[output])) if output < len(given) else ""
            lines.append(f'"{names[giver]}" -> "{names[index]}" [label="{label}"]')
    return "\n".join([*lines, "}"]) + "\n"


def _node(name: str, node: Node) -> str:
    attributes = {
        "name": node.name if _text(node.name) != name else "",
        "phase": node.phase,
        "scope": node.scope,
        "outputs": outputs(node),
        "source": f"{node.source[0]} line {node.source[1]}" if node.source else "",
        "flops": "" if node.flops is None else str(node.flops),
        "detail": node.detail,
    }
    rows = "".join(f"{key}: {_value(value)}\\l" for key, value in attributes.items() if value)
    label = f"{{{name}|op_code={_text(node.op)}\\l|{rows}}}"
    return f'"{name}" [label="{label}" fillcolor="{_COLOURS[node.phase]}"]'


def _names(graph: Graph) -> list[str]:
    """Return a unique name for each node."""
    names = [_text(node.name) for node in graph.nodes]
    often = Counter(names)
    return [name if name and often[name] == 1 else f"{name}#{index}" for index, name in enumerate(names)]


def _value(text: str) -> str:
    """Return `text` as a value for Netron, which splits at a colon and reads round brackets as JSON."""
    value = _text(text).replace(":", " ")
    return f"[{value[1:-1]}]" if value.startswith("(") and value.endswith(")") else value


def _text(text: str) -> str:
    """`text` without what means something in a string or a record."""
    return plain(text).translate(_MEANS_SOMETHING)
