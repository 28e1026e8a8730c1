"""The op log of a step that is one call for the host: the call, and the kernels that ran inside of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from fwtui.backends.fingerprint import fingerprint
from fwtui.backends.tensorflow.graph_sources import TAPE
from fwtui.backends.tensorflow.graph_step import made_from
from fwtui.backends.tensorflow.profile import Kernel, Profile
from fwtui.core.graph import Node, NodePhase, Tensor
from fwtui.core.ndarray import Array
from fwtui.core.oplog import LoggedOp, OpInput, OpLog, OpPhase

_PHASES: dict[NodePhase, OpPhase] = {
    "forward": "forward",
    "loss": "forward",
    "backward": "backward",
    "update": "update",
}


@dataclass(frozen=True)
class Call:
    """What the host called.

    Attributes:
        op: its name in a log.
        parameters, batch: its inputs.
        metrics: its outputs.
        values: whether those are logged as whole arrays instead of as fingerprints.
    """

    op: str
    parameters: Mapping[str, tf.Variable]
    batch: Mapping[str, Any]
    metrics: Mapping[str, NDArray[Any]]
    device: str
    values: bool

    def build(self, took_ns: int) -> LoggedOp:
        """Return the call as the first op of a log; it took `took_ns`."""
        arrays = [np.asarray(value) for value in self.metrics.values()]
        given = {f"batch {name}": value for name, value in self.batch.items() if not isinstance(value, int)}
        given |= {f"parameter {name}": variable for name, variable in self.parameters.items()}
        return LoggedOp(
            0,
            None,
            self.op,
            tuple(OpInput(name, 0, _tensor_of(value)) for name, value in given.items()),
            tuple(map(_tensor_of, arrays)),
            None,
            results=tuple((name, place) for place, name in enumerate(self.metrics)),
            values=tuple(map(Array.of, arrays)) if self.values else (),
            fingerprints=() if self.values else tuple(map(fingerprint, arrays)),
            device=self.device,
            started_ns=0,
            host_ns=took_ns,
        )


def log_of_call(call: Call, profile: Profile, nodes: Sequence[Node]) -> OpLog:
    """The log of a step.

    Args:
        nodes: the graph that ran, or the one that it was made from.
    """
    kernels = _Kernels(profile.kernels, nodes, call.device)
    on_host = call.device == "cpu"
    timed = "" if on_host else " launched by the host,"
    how = f"one call, and the kernels inside of it,{timed} as TensorFlow's profiler tells them"
    ops = (call.build(profile.took_ns), *kernels.build())
    return OpLog(ops, how, profile.took_ns, is_work_timed=on_host)


def by_copy(log: OpLog) -> OpLog:
    """Return the log of a step that a copy of the net took.

    The log of the net itself would be incomplete: over some dozens of unprofiled steps, the runtime finds out
    which kernels are cheap, and no longer reports those to the profiler.
    """
    return replace(log, how=f"{log.how}; a copy of the net took the step")


def _tensor_of(value: Any) -> Tensor:
    """Return the dtype and the shape of `value`."""
    return Tensor(value.dtype.name, tuple(value.shape))


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a kernel's input comes from: a node that ran, or something given."""

    node: int | None
    name: str | None
    output: int
    tensor: Tensor | None


class _Kernels:
    """Turns kernels into logged ops, with what the graph knows of them."""

    def __init__(self, kernels: Sequence[Kernel], nodes: Sequence[Node], device: str) -> None:
        self._nodes, self._device = nodes, device
        self._named = {node.name: place for place, node in enumerate(nodes)}
        self._kernels = [(kernel, self._place(kernel.name)) for kernel in kernels]
        self._ran = {place for _, place in self._kernels}
        self._inputs: dict[int, list[_Source]] = {}

    def build(self) -> list[LoggedOp]:
        """Return the kernels as ops within the call, which is op 0."""
        ops = []
        last: dict[int | None, int] = {}
        """The op that ran a node the last time: in a loop it runs once per iteration."""
        for number, (kernel, place) in enumerate(self._kernels, 1):
            ops.append(self._op(number, kernel, place, last))
            last[place] = number
        return ops

    @staticmethod
    def _layer(node: Node) -> str:
        """The layer that it is in; of an op of a gradient, that of the op it differentiates."""
        return f"{node.scope}/".removeprefix(TAPE).rstrip("/")

    def _op(self, number: int, kernel: Kernel, place: int | None, last: Mapping[int | None, int]) -> LoggedOp:
        node = None if place is None else self._nodes[place]
        taken = () if place is None else self._taken(place)
        return LoggedOp(
            number,
            _PHASES.get(node.phase) if node else None,
            kernel.op or (node.op if node else kernel.name),
            tuple(OpInput(one.name or last.get(one.node), one.output, one.tensor) for one in taken),
            node.outputs if node else (),
            node.source if node else None,
            device=self._device,
            started_ns=kernel.started_ns,
            host_ns=kernel.ran_ns,
            within=0,
            name=node.name if node else kernel.name,
            scope=self._layer(node) if node else "",
        )

    def _place(self, name: str) -> int | None:
        """The node that a kernel ran, or the one that the runtime has made it from, and named it after."""
        name = made_from(name)
        while name and name not in self._named:
            name = name.rpartition("/")[0]
        return self._named.get(name)

    def _taken(self, place: int) -> Sequence[_Source]:
        if place not in self._inputs:
            found = [source for one in self._nodes[place].inputs for source in self._from(one, set())]
            self._inputs[place] = found
        return self._inputs[place]

    def _from(self, output: tuple[int, int], seen: set[int]) -> list[_Source]:
        """What a node's output is for a kernel: that of a node that ran, a thing given, or what went into a
        node that did not run by itself, because it is a part of the kernel now.
        """
        place, number = output
        node = self._nodes[place]
        tensor = node.outputs[number] if number < len(node.outputs) else None
        if place in self._ran:
            return [_Source(place, None, number, tensor)]
        if node.name.startswith(("batch ", "parameter ")):
            return [_Source(None, node.name, 0, tensor)]
        constant = [_Source(None, None, 0, tensor)]
        if node.phase == "constant":
            return constant
        seen.add(place)
        behind = dict.fromkeys(
            source for one in node.inputs if one[0] not in seen for source in self._from(one, seen)
        )
        return [source for source in behind if source.name or source.node is not None] or constant
