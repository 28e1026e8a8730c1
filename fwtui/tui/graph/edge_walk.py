"""Walk along a graph's edges key by key: the first input of a node, then its next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from fwtui.core.graph import Graph

Direction = Literal["inputs", "outputs"]


@dataclass(frozen=True, slots=True)
class Walk:
    """A step along one of a node's edges.

    Attributes:
        origin: the node that the step started from.
        ends: the nodes at the other ends of its edges, and `place`, the index of the one that was reached.
    """

    graph: Graph
    direction: Direction
    origin: int
    ends: Sequence[int]
    place: int = 0

    @property
    def node(self) -> int:
        """The node that was reached."""
        return self.ends[self.place]

    def describe(self) -> str:
        """Return the position as text, such as `input 2 of 3 of #17`."""
        noun = self.direction[:-1]
        return f"{noun} {self.place + 1} of {len(self.ends)} of #{self.origin}"


def walk(
    before: Walk | None, graph: Graph, direction: Direction, node: int, ends: Sequence[int]
) -> Walk | None:
    """Return the next step from `node`: to another end of the same origin if it has one, else onwards.

    Args:
        before: the last step, if nothing else has been done since.
        ends: the nodes that `node` leads to in that direction.
    """
    if before is None or (before.graph, before.direction, before.node) != (graph, direction, node):
        return Walk(graph, direction, node, ends) if ends else None
    if len(before.ends) > 1:
        return replace(before, place=(before.place + 1) % len(before.ends))
    return Walk(graph, direction, node, ends) if ends else None
