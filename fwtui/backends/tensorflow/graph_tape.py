"""The ops of an eager step as a graph: that of the tape, which is another one in each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fwtui.backends.capture import with_loss
from fwtui.backends.tensorflow.graph_flops import flops
from fwtui.core.graph import Graph, Node, Tensor
from fwtui.core.oplog import LoggedOp


def tape(ops: Sequence[LoggedOp], arrays: Mapping[str, Any]) -> Graph:
    """What one eager step ran.

    Args:
        ops: the step's log.
        arrays: the parameters and the batch, by the names that the log has for them.
    """
    used = list(dict.fromkeys(name for op in ops for name in op.origins if isinstance(name, str)))
    places = {name: number for number, name in enumerate(used)}
    nodes = [_argument(name, arrays[name]) for name in used]
    for op in ops:
        assert op.phase is not None  # an eager step tells each op's
        # Where a constant came from the log does not tell.
        taken = [
            (places[one.origin] if isinstance(one.origin, str) else len(used) + one.origin, one.output)
            for one in op.inputs
            if one.origin is not None
        ]
        shapes = [nodes[place].outputs[output].shape for place, output in taken]
        nodes.append(
            Node(
                op.op,
                f"{op.op}_{op.number}",
                op.phase,
                tuple(taken),
                op.outputs,
                op.scope,
                op.source,
                flops=flops(op.op, shapes, [tensor.shape for tensor in op.outputs]),
            )
        )
    (loss,) = (len(used) + op.number for op in ops if "loss" in dict(op.results))
    how = "the ops that one eager step ran, which was then put back; another graph in each step"
    return Graph("tape", "this step's", how, with_loss(nodes, loss))


def _argument(name: str, value: Any) -> Node:
    op = "Variable" if name.startswith("parameter ") else "Tensor"
    return Node(op, name, "input", (), (Tensor(value.dtype.name, tuple(value.shape)),))
