"""In which part of a step each node of a graph stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fwtui.core.graph import PHASES, NodePhase, Tensor


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
