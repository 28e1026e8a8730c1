"""What the frameworks' graphs have in common: a graph or why not, and which nodes make the loss."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from fwtui.core.graph import Graph, Node, NoGraph

_LONGEST = 300
"""Maximum length of a reason in characters, the ellipsis included."""


def attempted(kind: str, title: str, capture: Callable[[], Graph]) -> Graph | NoGraph:
    """What `capture` gives; why not, where it fails."""
    try:
        return capture()
    except Exception as error:  # whatever it is, other graphs can be had, and training goes on
        traceback.print_exc()  # into the lane's log
        return failed(kind, title, error)


def failed(kind: str, title: str, error: Exception) -> NoGraph:
    """A graph that `error` prevented, which may have much to say: its first paragraph, in one line."""
    said = " ".join(str(error).strip().split("\n\n")[0].split())
    reason = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return NoGraph(kind, title, reason if len(reason) <= _LONGEST else f"{reason[: _LONGEST - 1]}…")


def with_loss(nodes: Sequence[Node], loss: int) -> tuple[Node, ...]:
    """The nodes, of which those of the forward pass that make the loss from the net's outputs say so.

    The net ends with the last node that takes a parameter, or what is made of parameters alone; what comes
    after it on the way to the loss is the loss's. At least the node that gives the loss is, and so is what
    only hands it on.

    Args:
        loss: the place of the node that gives the loss.
    """
    way = _way_to(nodes, [loss])
    of_parameters: set[int] = set()
    takers: list[int] = []
    for place in sorted(way):
        node = nodes[place]
        taken = {source for source, _ in node.inputs if nodes[source].phase != "constant"}
        if node.name.startswith("parameter ") or (taken and taken <= of_parameters):
            of_parameters.add(place)
        elif taken & of_parameters:
            takers.append(place)
    makes = way - _way_to(nodes, takers) - of_parameters | {loss}

    def is_loss(place: int, node: Node) -> bool:
        # A loop also takes what comes after it.
        before = [source for source, _ in node.inputs if source < place]
        return node.phase == "forward" and (place in makes or before == [loss])

    return tuple(
        replace(node, phase="loss") if is_loss(place, node) else node for place, node in enumerate(nodes)
    )


def _way_to(nodes: Sequence[Node], ends: Iterable[int]) -> set[int]:
    """`ends` and everything that leads to them."""
    seen: set[int] = set()
    ahead = list(ends)
    while ahead:
        place = ahead.pop()
        if place not in seen:
            seen.add(place)
            ahead += [source for source, _ in nodes[place].inputs]
    return seen
