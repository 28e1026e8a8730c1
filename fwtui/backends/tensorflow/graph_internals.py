"""What of TensorFlow's graphs stands in private modules only, and is used here only.

Which graph a function is that an op calls, which Python function gives the gradient of an op and where the
tape calls it, what the handle of a variable stands for, and what the runtime made of a traced function before
it ran it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import Any

import tensorflow as tf
from tensorflow.python.eager import backprop, context
from tensorflow.python.framework import ops
from tensorflow.python.ops import handle_data_util

GRADIENT_CALL: str = backprop._gradient_function.__name__
"""The function in which the tape calls an op's gradient, as tracebacks name it."""


def gradient_call(frame: FrameType | None) -> FrameType | None:
    """The tape's call of an op's gradient function, from which the present op runs; None outside of one."""
    while frame is not None and frame.f_code is not backprop._gradient_function.__code__:
        frame = frame.f_back
    return frame


def function(graph: tf.Graph, name: str) -> tf.Graph | None:
    """The body of the function that ops of `graph` call by `name`; None where `graph` does not have it."""
    defined = graph._get_function(name)
    return None if defined is None else defined.graph


def gradient_name(op: tf.Operation) -> str | None:
    """What the Python function is called that gives the gradient of `op`; None where there is none."""
    try:
        gradient = ops.get_gradient_function(op)
    except LookupError:
        return None
    return None if gradient is None else str(gradient.__name__)


def optimized(run: Callable[[], object]) -> list[Any]:
    """The graphs, after Grappler, of the functions that run for the first time in `run`, as GraphDefs."""
    now = context.context()
    now.enable_graph_collection()
    try:
        run()
        collected = now.export_run_metadata()
    finally:
        now.disable_graph_collection()
    return [graphs.post_optimization_graph for graphs in collected.function_graphs]


def variable(handle: Any) -> tuple[str, tuple[int | None, ...]]:
    """The dtype and shape of the values of the variable behind a symbolic handle."""
    (values,) = handle_data_util.get_resource_handle_data(handle).shape_and_type
    return tf.as_dtype(values.dtype).name, tuple(tf.TensorShape(values.shape).as_list())
