"""Every op of one eager step in TensorFlow, forward, backward and update.

TensorFlow tells of eager ops through `tensorflow.python.framework.op_callbacks`, and which op a gradient
belongs to stands in a frame of `tensorflow.python.eager.backprop`: private modules, used here only. The
callbacks belong to a thread and can be taken back only together with a state of the whole process, so each
log is taken in a thread of its own, which takes its callback along when it ends.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import backprop
from tensorflow.python.framework import op_callbacks

from fwtui.backends.logbook import Logbook, Source, asking_line, in_net
from fwtui.race.graph import Tensor
from fwtui.race.records import Array, LoggedOp, OpLog, Taken


def logged(
    parameters: Mapping[str, tf.Variable], batch: Mapping[str, Any], take: Callable[[Logbook], None]
) -> OpLog:
    """The ops that `take` runs, which enters the log's phases."""
    with ThreadPoolExecutor(1) as thread:
        ops = thread.submit(_Log(parameters, batch).of, take).result()
    return OpLog(ops, "run one by one", None)


class _Log:
    """Writes down every op that TensorFlow runs eagerly in one thread."""

    def __init__(self, parameters: Mapping[str, tf.Variable], batch: Mapping[str, Any]) -> None:
        self._variables = {id(variable.handle): variable for variable in parameters.values()}
        self._handles = {f"parameter {name}": variable.handle for name, variable in parameters.items()}
        data = {f"batch {name}": value for name, value in batch.items() if tf.is_tensor(value)}
        self._book = Logbook(self._handles | data)
        # Held, so that each stays where it is for as long as the log is taken.
        self._reads = {f"parameter {name}": variable.read_value() for name, variable in parameters.items()}
        self._by_memory = {_memory(value): name for name, value in self._reads.items()}
        self._reading = False
        self._gradient: tuple[FrameType, Source | None] | None = None
        self._walked: set[int] = set()

    def of(self, take: Callable[[Logbook], None]) -> tuple[LoggedOp, ...]:
        """The ops that `take` runs, in the thread that calls this."""
        op_callbacks.add_op_callback(self._write)
        take(self._book)
        return self._book.told(self._handles)

    def _write(
        self, op: str | bytes, inputs: Any, attrs: Any, outputs: Any, op_name: Any = None, graph: Any = None
    ) -> None:
        """What TensorFlow calls after each op; `graph` is the one being traced, where the op did not run."""
        if graph is not None or self._reading:
            return
        name = op.decode() if isinstance(op, bytes) else op
        outputs = [tensor for tensor in outputs or () if _has_value(tensor)]
        values = [_array(tensor.numpy()) for tensor in outputs]
        took = [self._taken(tensor) for tensor in inputs]
        if not outputs and inputs and id(inputs[0]) in self._variables:
            # An update gives nothing back: what it made is the variable's new value.
            outputs, values = [inputs[0]], [self._read(inputs[0])]
        told = [Tensor(np.dtype(value.dtype).name, value.shape) for value in values]
        source = self._source(sys._getframe(1))
        self._book.write(name, took, outputs, told, source, values=tuple(values))

    def _taken(self, tensor: Any) -> Taken:
        """`tensor` and where it came from. Some ops read a variable themselves, which no callback sees."""
        known = self._book.origin(tensor)
        origin = self._by_memory.get(_memory(tensor)) if known is None else known
        told = Tensor(tensor.dtype.name, tuple(tensor.shape)) if _has_value(tensor) else None
        return Taken(origin, self._book.place(tensor), told)

    def _read(self, handle: Any) -> Array:
        self._reading = True
        try:
            return _array(self._variables[id(handle)].numpy())
        finally:
            self._reading = False

    def _source(self, frame: FrameType) -> Source | None:
        live = asking_line(frame)
        if self._book.phase != "backward" or in_net(live):
            return live
        gradient = _gradient_frame(frame)
        if gradient is None:
            return None
        if self._gradient is None or self._gradient[0] is not gradient:
            self._gradient = gradient, self._differentiated(gradient.f_locals)
        return self._gradient[1]

    def _differentiated(self, call: Mapping[str, Any]) -> Source | None:
        """The line of the forward op whose gradient the tape asks for: it keeps the tensors, not the op.

        The tape goes backwards, and keeps only the tensors that the gradient needs, so what they leave open
        is settled by taking the last op of that kind that it has not been at.
        """
        made = {self._book.origin(tensor) for tensor in call["outputs"] or () if _is_eager(tensor)}
        took = [self._book.origin(tensor) for tensor in call["inputs"] or () if _is_eager(tensor)]
        for op in reversed(self._book.ops):
            if op.phase != "forward" or op.op != call["op_name"] or op.number in self._walked:
                continue
            if all(number == op.number for number in made) and all(one in op.origins for one in took):
                self._walked.add(op.number)
                return op.source
        return None


def _gradient_frame(frame: FrameType | None) -> FrameType | None:
    """The tape's call of an op's gradient function, from which the present op runs; None outside of one."""
    while frame is not None and frame.f_code is not backprop._gradient_function.__code__:
        frame = frame.f_back
    return frame


def _is_eager(tensor: Any) -> bool:
    return tf.is_tensor(tensor) and hasattr(tensor, "numpy")


def _has_value(tensor: Any) -> bool:
    return tensor.dtype not in (tf.resource, tf.variant, tf.string)


def _memory(tensor: Any) -> int | None:
    """Where the values of a tensor in the host's memory lie; None where that tells nothing."""
    if not _has_value(tensor) or "CPU" not in tensor.device or not np.prod(tensor.shape):
        return None
    return int(np.asarray(memoryview(tensor)).__array_interface__["data"][0])


def _array(value: Any) -> Array:
    array = np.asarray(value)
    # NumPy has no bfloat16 of its own.
    return Array.of(array.astype(np.float32) if array.dtype.kind == "V" else array)
