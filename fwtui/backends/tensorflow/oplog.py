"""Every op of one eager step in TensorFlow, forward, backward and update."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from fwtui.backends.fingerprint import fingerprint
from fwtui.backends.logbook import Logbook, Source, Views, asking_line, in_net
from fwtui.backends.tensorflow.graph_internals import gradient_call
from fwtui.backends.tensorflow.oplog_internals import Clock, Watch, has_float_attribute
from fwtui.core.graph import Tensor
from fwtui.core.ndarray import Array
from fwtui.core.oplog import OpInput, OpLog, OpPhase

Asked = tuple[Source | None, str]
"""The line that asked for an op, and the layer that it belongs to, see `LoggedOp.scope`."""
_READ = "ReadVariableOp"
"""It gives the variable's own memory."""
_HOW = "each op from its call into TensorFlow until it was done, or on a GPU queued"


class Log:
    """Writes down every op of a step.

    Args:
        device: what the step runs on, besides the host.
        values: whether outputs are logged as whole arrays instead of as fingerprints.
        views: see `Logbook`.
        path_of_layer: gives the path of the layer that is called now, see `LoggedOp.scope`.
    """

    def __init__(
        self,
        parameters: Mapping[str, tf.Variable],
        batch: Mapping[str, Any],
        device: str,
        values: bool,
        views: Views | None = None,
        path_of_layer: Callable[[], str] = lambda: "",
    ) -> None:
        self._path_of_layer = path_of_layer
        self._device, self._values = device, values
        self._variables = {id(variable.handle): variable for variable in parameters.values()}
        self._handles = {f"parameter {name}": variable.handle for name, variable in parameters.items()}
        data = {f"batch {name}": value for name, value in batch.items() if tf.is_tensor(value)}
        self._book = Logbook(self._handles | data, views)
        # Held, so that each stays where it is until it is updated.
        self._reads = [variable.read_value() for variable in parameters.values()]
        self._by_memory = dict(zip(map(_memory, self._reads), self._handles, strict=True))
        self._gradient: tuple[FrameType, Asked] | None = None
        self._walked: set[int] = set()
        self._clock = Clock()

    def of(self, watch: Watch, take: Callable[[Log], None]) -> OpLog:
        """The ops that `take` runs, which enters the log's phases."""
        took_ns = 0

        def run() -> None:
            nonlocal took_ns
            self._clock.start()
            take(self)
            took_ns = self._clock.now_ns()

        watch.run(run, self._write, self._clock)
        return OpLog(self._book.build(self._handles), _HOW, took_ns, is_work_timed=self._device == "cpu")

    def enter(self, phase: OpPhase, results: Mapping[str, Any]) -> None:
        """Enters `phase`, with the tensors that the one before it gave, by name (see `LoggedOp.results`)."""
        self._clock.stop()
        self._book.enter(phase, results)
        if phase == "update":
            # A variable whose values are held is copied before it is updated, which takes its time.
            self._book.forget(self._reads)
            self._reads, self._by_memory, self._gradient = [], {}, None
        self._clock.go_on()

    def _write(self, op: str, inputs: Any, outputs: Any, frame: FrameType) -> None:
        """Adds an op that has run."""
        # Reading what it made may run ops, too.
        began_ns, ended_ns = self._clock.began_ns, self._clock.ended_ns
        made = [tensor for tensor in outputs if _has_value(tensor)]
        holds = made
        took = [self._taken(tensor) for tensor in inputs]
        if not made and inputs and id(inputs[0]) in self._variables:
            # An update gives nothing back: what it made is the variable's new value.
            made, holds = [inputs[0]], [self._variables[id(inputs[0])]]
        elif op == _READ:
            self._reads += made
        arrays = [_array(tensor) for tensor in holds]
        source, scope = self._asked_by(frame)
        self._book.write(
            op,
            took,
            made,
            [_tensor_of(tensor) for tensor in holds],
            source,
            scope=scope,
            values=tuple(map(Array.of, arrays)) if self._values else (),
            fingerprints=() if self._values else tuple(map(fingerprint, arrays)),
            device="cpu" if all(map(_on_host, holds or inputs)) else self._device,
            started_ns=began_ns,
            host_ns=ended_ns - began_ns,
            nbytes=_allocated(op, inputs, made),
            has_float32_attribute=has_float_attribute(op),
        )

    def _taken(self, tensor: Any) -> OpInput:
        known = _tensor_of(tensor) if _has_value(tensor) else None
        return OpInput(self._origin(tensor), self._book.place(tensor), known)

    def _origin(self, tensor: Any) -> int | str | None:
        """Where `tensor` came from. Some ops read a variable themselves, and no op logs that read."""
        known = self._book.origin(tensor)
        return self._by_memory.get(_memory(tensor)) if known is None else known

    def _asked_by(self, frame: FrameType) -> Asked:
        live = asking_line(frame), self._path_of_layer()
        if self._book.phase != "backward" or in_net(live[0]):
            return live
        gradient = gradient_call(frame)
        if gradient is None:
            return None, ""
        if self._gradient is None or self._gradient[0] is not gradient:
            self._gradient = gradient, self._differentiated(gradient.f_locals)
        return self._gradient[1]

    def _differentiated(self, call: Mapping[str, Any]) -> Asked:
        """What asked for the forward op whose gradient the tape asks for: it keeps the tensors, not the op.

        The tape goes backwards, and keeps only the tensors that the gradient needs, so what they leave open
        is settled by taking the last op of that kind that it has not been at.
        """
        made = {self._book.origin(tensor) for tensor in call["outputs"] or () if _is_eager(tensor)}
        took = [self._origin(tensor) for tensor in call["inputs"] or () if _is_eager(tensor)]
        for op in reversed(self._book.ops):
            if op.phase != "forward" or op.op != call["op_name"] or op.number in self._walked:
                continue
            if all(number == op.number for number in made) and all(one in op.origins for one in took):
                self._walked.add(op.number)
                return op.source, op.scope
        return None, ""


def _is_eager(tensor: Any) -> bool:
    return tf.is_tensor(tensor) and hasattr(tensor, "numpy")


def _has_value(tensor: Any) -> bool:
    return tensor.dtype not in (tf.resource, tf.variant, tf.string)


def _tensor_of(tensor: Any) -> Tensor:
    """Return the dtype and the shape of `tensor`."""
    return Tensor(tensor.dtype.name, tuple(tensor.shape))


def _on_host(tensor: Any) -> bool:
    return "CPU" in tensor.device


def _memory(tensor: Any) -> int | None:
    """Where the values of a tensor in the host's memory lie; None where that identifies nothing."""
    if not _has_value(tensor) or not _on_host(tensor) or not np.prod(tensor.shape) or _is_foreign(tensor):
        return None
    return int(np.asarray(memoryview(tensor)).__array_interface__["data"][0])


def _is_foreign(tensor: Any) -> bool:
    """Whether NumPy itself does not have the dtype, such as bfloat16."""
    return bool(np.dtype(tensor.dtype.as_numpy_dtype).kind == "V")


def _array(tensor: Any) -> NDArray[Any]:
    array = np.asarray(tensor.numpy())
    return array.astype(np.float32) if _is_foreign(tensor) else array


def _allocated(op: str, inputs: Sequence[Any], made: Sequence[Any]) -> int | None:
    """Bytes of what was made, less what lies where an input does; None where that is not known."""
    if op == _READ or not any(map(_has_value, made)):
        return 0
    if not all(map(_on_host, made)) or any(map(_is_foreign, made)):
        return None
    taken = {_memory(tensor) for tensor in inputs}
    return sum(memoryview(tensor).nbytes for tensor in made if _memory(tensor) not in taken)
