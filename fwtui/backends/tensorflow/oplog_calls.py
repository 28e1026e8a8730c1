"""The op log of a step that is one call for the host: the call, and the kernels that ran inside of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from fwtui.backends.fingerprint import fingerprint
from fwtui.backends.tensorflow.graph_step import made_from
from fwtui.backends.tensorflow.profile import Kernel, Profile
from fwtui.race.graph import Node, NodePhase, Tensor
from fwtui.race.records import Array, LoggedOp, OpLog, OpPhase, Taken

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
        op: how a log calls it.
        parameters, batch: what it took.
        metrics: what it gave.
        values: whether that is told whole, and not in figures.
    """

    op: str
    parameters: Mapping[str, tf.Variable]
    batch: Mapping[str, Any]
    metrics: Mapping[str, NDArray[Any]]
    device: str
    values: bool

    def told(self, took_ns: int) -> LoggedOp:
        """The call as the first op of a log."""
        arrays = [np.asarray(value) for value in self.metrics.values()]
        given = {f"batch {name}": value for name, value in self.batch.items() if not isinstance(value, int)}
        given |= {f"parameter {name}": variable for name, variable in self.parameters.items()}
        return LoggedOp(
            0,
            None,
            self.op,
            tuple(Taken(name, 0, _told(value)) for name, value in given.items()),
            tuple(map(_told, arrays)),
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
    timed = "ran" if call.device == "cpu" else "were launched"
    how = f"one call, and the kernels inside of it as they {timed}, told by TensorFlow's profiler"
    return OpLog((call.told(profile.took_ns), *kernels.told()), how, profile.took_ns)


def _told(value: Any) -> Tensor:
    return Tensor(value.dtype.name, tuple(value.shape))


class _Kernels:
    """Tells kernels as ops, with what the graph knows of them."""

    def __init__(self, kernels: Sequence[Kernel], nodes: Sequence[Node], device: str) -> None:
        self._kernels, self._nodes, self._device = kernels, nodes, device
        self._places = {node.name: place for place, node in enumerate(nodes)}
        self._numbers: dict[int, int] = {}
        """The op that ran a node the last time."""

    def told(self) -> list[LoggedOp]:
        """The kernels as ops within the first."""
        ops = []
        for number, kernel in enumerate(self._kernels, 1):
            place = self._place(kernel.name)
            ops.append(self._op(number, kernel, None if place is None else self._nodes[place]))
            if place is not None:
                self._numbers[place] = number
        return ops

    def _op(self, number: int, kernel: Kernel, node: Node | None) -> LoggedOp:
        return LoggedOp(
            number,
            _PHASES.get(node.phase) if node else None,
            kernel.op or (node.op if node else kernel.name),
            tuple(self._taken(node)) if node else (),
            node.outputs if node else (),
            node.source if node else None,
            device=self._device,
            started_ns=kernel.started_ns,
            host_ns=kernel.ran_ns,
            within=0,
            name=node.name if node else kernel.name,
        )

    def _place(self, name: str) -> int | None:
        """The node that a kernel ran, or the one that the runtime has made it from, and named it after."""
        name = made_from(name)
        while name and name not in self._places:
            name = name.rpartition("/")[0]
        return self._places.get(name)

    def _taken(self, node: Node) -> list[Taken]:
        return [taken for source in node.inputs for taken in self._from(source, set())]

    def _from(self, source: tuple[int, int], seen: set[int]) -> list[Taken]:
        """What a node's output is for a kernel: an op's, a thing given, or what went into a node that did not
        run by itself, because it is now a part of the kernel.
        """
        place, output = source
        node = self._nodes[place]
        tensor = node.outputs[output] if output < len(node.outputs) else None
        if place in self._numbers:
            return [Taken(self._numbers[place], output, tensor)]
        if node.name.startswith(("batch ", "parameter ")):
            return [Taken(node.name, 0, tensor)]
        if node.phase == "constant" or not node.inputs:
            return [Taken(None, 0, tensor)]
        if place in seen:
            return []
        seen.add(place)
        behind = dict.fromkeys(taken for one in node.inputs for taken in self._from(one, seen))
        return [taken for taken in behind if taken.origin is not None] or [Taken(None, 0, tensor)]
