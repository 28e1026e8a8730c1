"""What a TensorFlow network uses besides the workload's parameters, and whether it is deterministic."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from fwtui.backends.determinism import differ, python_random_numbers
from fwtui.core.records import NetInspected

_DRAWS = re.compile(r"Random|Multinomial|Rng|ParameterizedTruncatedNormal|SampleDistorted|Shuffle")
"""What the types of ops that draw random numbers hold, also of those that keep their state in a variable."""
_GENERATOR_STATE = re.compile(r"seed_generator_state|StateVar")
"""In the names of Keras's and TensorFlow's variables that random numbers are drawn from."""

Metrics = Mapping[str, float]


def variables_and_ops(loss: Callable[..., Any], batch: Mapping[str, Any]) -> tuple[list[Any], set[str]]:
    """Every variable that `loss` reads, and the types of all its ops, from tracing it once."""
    graph = tf.function(loss).get_concrete_function(batch).graph
    return list(graph.variables), op_types(graph)


def op_types(graph: tf.Graph) -> set[str]:
    """The types of all ops of a graph and of the functions that it calls."""
    definition = graph.as_graph_def()
    nodes = [*definition.node, *(node for one in definition.library.function for node in one.node_def)]
    return {node.op for node in nodes}


def inspect(
    parameters: Iterable[tf.Variable],
    variables: Sequence[tf.Variable],
    ops: Iterable[str],
    call: Callable[[], Metrics],
    read: Callable[[tf.Variable], Any],
    put_back: Callable[[tf.Variable, Any], object],
    dtype: str,
    drew_in_python: bool = False,
) -> NetInspected:
    """Calls the loss twice, and compares its metrics and the variables that are no parameters.

    Args:
        variables: those that the loss reads, parameters among them.
        ops: the types of its ops.
        call: gives the metrics of one batch.
        read, put_back: give and set a variable's value.
        dtype: of the parameters.
        drew_in_python: whether Python or NumPy drew random numbers when the ops were found.
    """
    ours = {id(one) for one in parameters}
    others = [one for one in variables if id(one) not in ours]
    before = [read(one) for one in others]
    with python_random_numbers() as has_drawn:
        first, second = call(), call()
        in_python = drew_in_python or has_drawn()
        drew = in_python or any(map(_DRAWS.search, ops))
    changed = []
    for one, value in zip(others, before, strict=True):
        if not np.array_equal(read(one), value):
            changed.append(name(one))
            put_back(one, value)
    drew = drew or any(map(_GENERATOR_STATE.search, changed))
    unequal = differ(first, second, dtype)
    trained = [one for one in others if one.trainable]
    frozen = _frozen_by_keras() if trained else set()
    return NetInspected(
        own_weights=tuple(name(one) for one in trained if id(one) not in frozen),
        changed_state=tuple(one for one in changed if not _GENERATOR_STATE.search(one)),
        is_random=in_python or (unequal and drew),
        is_stateful=unequal and not drew,
        draws_in_python=in_python,
    )


def name(variable: tf.Variable) -> str:
    """Its name without the number of an output."""
    return str(variable.name).partition(":")[0]


def _frozen_by_keras() -> set[int]:
    """Return the ids of the variables that are not trainable in Keras.

    A layer that is frozen leaves TensorFlow's variables trainable, and these do not know Keras's own, so that
    all layers and variables of the process are looked through.
    """
    keras: Any = sys.modules.get("keras")
    if keras is None:
        return set()
    # Not `isinstance`: that makes lazily imported modules import what they stand for.
    objects = [one for one in gc.get_objects() if issubclass(type(one), (keras.Layer, keras.Variable))]
    still = [one for one in objects if not one.trainable]
    variables = [
        variable for one in still for variable in (one.variables if isinstance(one, keras.Layer) else [one])
    ]
    return {id(variable.value) for variable in variables}
