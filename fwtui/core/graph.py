"""One model for the graph of every backend: what it traced, compiled, built once, or recorded this very step.

Graphs cross a pipe between processes, so they hold only the standard library's types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NodePhase = Literal["input", "constant", "forward", "loss", "backward", "update"]
PHASES: tuple[NodePhase, ...] = ("input", "constant", "forward", "loss", "backward", "update")


@dataclass(frozen=True, slots=True)
class Tensor:
    """What a node gives: its dtype, and its shape with None for what is open."""

    dtype: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """One op of a graph.

    Attributes:
        op: the framework's own name for it, such as `MatMul`, `aten.mm` or `dot`.
        name: what it is called in its graph.
        inputs: in order, the nodes whose outputs it takes, by place in `Graph.nodes`, and which of them.
        outputs: what it gives.
        scope: where it stands, outermost first, parted by `/`, such as `block1/attention`; "" at the top.
        source: file and line that asked for it; None where it is unknown.
        flops: floating-point operations of one run, a multiplication and an addition counted as two; None
            where they are not known.
        detail: what else is to be said of it in a line: a constant's value, what was fused in it, a kernel.
    """

    op: str
    name: str
    phase: NodePhase
    inputs: tuple[tuple[int, int], ...]
    outputs: tuple[Tensor, ...]
    scope: str = ""
    source: tuple[str, int] | None = None
    flops: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph as it was captured.

    Attributes:
        kind: which of a backend's graphs, such as `traced` or `optimized`; unique among them.
        title: the same in words, such as `after Grappler`.
        captured: how it was got at, in one line.
        nodes: in an order in which they can run: every input stands before what takes it, but for loops.
        parts: further texts that belong to it, by name, such as a kernel's code; may be long.
    """

    kind: str
    title: str
    captured: str
    nodes: tuple[Node, ...]
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NoGraph:
    """A graph that could not be captured, and why, in one line."""

    kind: str
    title: str
    reason: str
