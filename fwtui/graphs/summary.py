"""A graph in a few figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from fwtui.core.graph import PHASES, Graph, Node, NodePhase
from fwtui.ops.vocabulary.canonical import computes

_LOOPS = frozenset({"While", "StatelessWhile", "while", "while_loop"})


@dataclass(frozen=True)
class Summary:
    """What a graph holds.

    Attributes:
        nodes, edges: how many; an edge is one output taken by one input.
        phases: nodes of each phase that there is, in the order of a step.
        ops: nodes of each op, most frequent first.
        flops: floating-point operations of all nodes that tell theirs; None where none does.
        flops_known: how many nodes those are.
        flops_least: whether a run takes more: a node that computes does not tell its, such as a product of
            matrices with an open dimension, or a loop's body is counted once.
    """

    nodes: int
    edges: int
    phases: dict[NodePhase, int]
    ops: dict[str, int]
    flops: int | None
    flops_known: int
    flops_least: bool


def summary(graph: Graph) -> Summary:
    """The figures of `graph`."""
    phases = Counter(node.phase for node in graph.nodes)
    flops = [node.flops for node in graph.nodes if node.flops is not None]
    return Summary(
        nodes=len(graph.nodes),
        edges=sum(len(node.inputs) for node in graph.nodes),
        phases={phase: phases[phase] for phase in PHASES if phases[phase]},
        ops=dict(Counter(node.op for node in graph.nodes).most_common()),
        flops=sum(flops) if flops else None,
        flops_known=len(flops),
        flops_least=any(_tells_too_little(node) for node in graph.nodes),
    )


def _tells_too_little(node: Node) -> bool:
    """Whether more is computed there than it tells."""
    unknown = node.flops is None and node.phase not in ("input", "constant") and computes(node.op)
    return node.op in _LOOPS or unknown
