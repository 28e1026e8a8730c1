"""In which part of a step each node of a graph stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fwtui.race.graph import PHASES, Node, NodePhase, Tensor


@dataclass(frozen=True, slots=True)
class Given:
    """What comes into a graph from outside: its name, and the tensor of its values, a variable's too."""

    name: str
    phase: NodePhase
    tensor: Tensor
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of an op from the graph that a later one was made from."""

    phase: NodePhase
    source: tuple[str, int] | None


def inherited(phases: Iterable[NodePhase]) -> NodePhase:
    """The phase of a node of which nothing is known but what it takes: the last of its inputs' phases.

    What takes only constants is as good as one.
    """
    taken = set(phases)
    if taken == {"input", "constant"}:
        return "input"
    return max(taken, key=PHASES.index, default="constant")


def with_loss(nodes: Sequence[Node], loss: int) -> tuple[Node, ...]:
    """The nodes, with those of the forward pass that make the loss from the net's outputs marked as such.

    They are what is left of the way to the loss once the last parameter has been used, and at least the last
    node of it.

    Args:
        loss: the place of the node that gives the loss.
    """
    way = _way_to(nodes, loss)
    only_parameters: set[int] = set()
    uses: set[int] = set()
    for place in sorted(way):
        node = nodes[place]
        taken = {source for source, _ in node.inputs if nodes[source].phase != "constant"}
        if node.name.startswith("parameter ") or (taken and taken <= only_parameters):
            only_parameters.add(place)
        elif taken & only_parameters:
            uses.add(place)
    before = set().union(*(_way_to(nodes, place) for place in uses)) if uses else set()
    after = way - before - only_parameters | {loss}
    marked: list[Node] = []
    for place, node in enumerate(nodes):
        # What only hands the loss on belongs to it.
        hands_on = [source for source, _ in node.inputs if source < place] == [loss]
        if node.phase == "forward" and (place in after or hands_on):
            node = replace(node, phase="loss")
        marked.append(node)
    return tuple(marked)


def _way_to(nodes: Sequence[Node], end: int) -> set[int]:
    """`end` and everything that leads to it."""
    seen: set[int] = set()
    ahead = [end]
    while ahead:
        place = ahead.pop()
        if place not in seen:
            seen.add(place)
            ahead += [source for source, _ in nodes[place].inputs]
    return seen
