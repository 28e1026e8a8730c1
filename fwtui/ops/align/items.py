"""What a log and a graph have in common where two of them are aligned."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from fwtui.core.graph import Graph, Node
from fwtui.core.oplog import LoggedOp, OpLog, TensorStats

_FUSED = ("cpp_fused", "triton_fused")
_AUTOGRAD = re.compile(r"Backward\d*$")
_NEXT_PHASE = "; "
"""Where a kernel that was fused from ops of several phases tells of the next in its detail."""
_BY_DETAIL = ("reduce", "reduce-window")


@dataclass(frozen=True, slots=True)
class Item:
    """An op of a log, or a node of a graph.

    Attributes:
        op: the framework's name for it, or one that tells more, such as a fused kernel's.
        phase: None where unknown; a graph's `loss` is `forward`, as in a log.
        shape: of its first output.
        inputs: the items whose outputs it takes, by place.
        fingerprint: of its first output.
        names: the parameters and batch arrays that it takes, as `parameter w1`; of a graph's input, its own.
        scope: the module that it is in, such as `encoder/attention`.
    """

    op: str
    phase: str | None
    shape: tuple[int | None, ...] | None
    inputs: tuple[int, ...]
    fingerprint: TensorStats | None
    names: tuple[str, ...] = ()
    scope: str = ""


def of_log(log: OpLog) -> list[Item]:
    """An item for each op, in order."""
    return [_of_op(op) for op in log.ops]


def of_graph(graph: Graph) -> list[Item]:
    """An item for each node, in order."""
    items = [_of_node(node) for node in graph.nodes]
    if not any(map(_AUTOGRAD.search, {item.op for item in items})):
        return items
    # The edges of autograd's graph run from a weight to the loss, and what it computes the other way; its
    # nodes tell the shapes of what they differentiate.
    takers: list[list[int]] = [[] for _ in items]
    for place, item in enumerate(items):
        for one in item.inputs:
            takers[one].append(place)
    return [
        replace(item, inputs=tuple(taking), shape=None if _AUTOGRAD.search(item.op) else item.shape)
        for item, taking in zip(items, takers, strict=True)
    ]


def _of_op(op: LoggedOp) -> Item:
    return Item(
        op.name if op.op in _FUSED and op.name else op.op,
        op.phase,
        op.outputs[0].shape if op.outputs else None,
        tuple(one for one in op.origins if isinstance(one, int)),
        op.fingerprints[0] if op.fingerprints else None,
        tuple(one for one in op.origins if isinstance(one, str)),
        op.scope,
    )


def _of_node(node: Node) -> Item:
    op = node.op
    phase: str | None = "forward" if node.phase == "loss" else node.phase
    if op in _FUSED:
        op = node.name
        phase = None if _NEXT_PHASE in node.detail else phase
    elif op in _BY_DETAIL and node.detail:
        op = f"{op} {node.detail}"
    return Item(
        op,
        phase,
        node.outputs[0].shape if node.outputs else None,
        tuple(place for place, _ in node.inputs),
        None,
        (node.name,) if node.phase == "input" and not node.inputs else (),
        node.scope,
    )
