"""A graph in a few figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from fwtui.race.graph import PHASES, Graph, NodePhase


@dataclass(frozen=True)
class Summary:
    """What a graph holds.

    Attributes:
        nodes, edges: how many; an edge is one output taken by one input.
        phases: nodes of each phase that there is, in the order of a step.
        ops: nodes of each op, most frequent first.
        flops: floating-point operations of all nodes that tell theirs; None where none does.
        flops_known: how many nodes those are.
    """

    nodes: int
    edges: int
    phases: dict[NodePhase, int]
    ops: dict[str, int]
    flops: int | None
    flops_known: int


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
    )
