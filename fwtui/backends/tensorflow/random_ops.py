"""TensorFlow's and Keras's random ops, given numbers that other lanes get too.

Both call generated functions of private modules, which are replaced meanwhile, in this file alone. In a graph
the numbers come by a call of Python when it runs, which XLA cannot compile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.ops import gen_random_ops, gen_stateless_random_ops_v2

from fwtui.backends.logbook import WRAPPERS
from fwtui.core.random_numbers import RandomNumbers

WRAPPERS.add(__file__)

_UNIFORM = ((gen_stateless_random_ops_v2, "stateless_random_uniform_v2"), (gen_random_ops, "random_uniform"))
_NORMAL = (
    (gen_stateless_random_ops_v2, "stateless_random_normal_v2"),
    (gen_random_ops, "random_standard_normal"),
)
_UNKNOWN = (
    (gen_stateless_random_ops_v2, "stateless_random_uniform_int_v2"),
    (gen_stateless_random_ops_v2, "stateless_random_uniform_full_int_v2"),
    (gen_stateless_random_ops_v2, "stateless_truncated_normal_v2"),
    (gen_random_ops, "random_uniform_int"),
    (gen_random_ops, "truncated_normal"),
    (gen_random_ops, "random_gamma"),
    (gen_random_ops, "random_shuffle"),
    (gen_random_ops, "multinomial"),
)


@contextmanager
def given_numbers(numbers: RandomNumbers, refuses: bool = True) -> Iterator[None]:
    """While entered, random ops take `numbers`.

    Args:
        refuses: whether NotImplementedError is raised where numbers are drawn that cannot be given.
    """
    replaced = [(*place, _drawing(numbers.uniform)) for place in _UNIFORM]
    replaced += [(*place, _drawing(numbers.normal)) for place in _NORMAL]
    replaced += [(*place, _refusing(place[1])) for place in _UNKNOWN if refuses]
    originals = [getattr(module, name) for module, name, _ in replaced]
    for module, name, function in replaced:
        setattr(module, name, function)
    try:
        yield
    finally:
        for (module, name, _), original in zip(replaced, originals, strict=True):
            setattr(module, name, original)


def begin(numbers: RandomNumbers) -> None:
    """Draw those of the present step from the first on; in a graph, when it runs."""
    if tf.executing_eagerly():
        numbers.begin()
    else:

        def again() -> Any:
            numbers.begin()
            return np.int32(0)

        tf.numpy_function(again, [], tf.int32)


def _drawing(draw: Callable[[Any], Any]) -> Callable[..., tf.Tensor]:
    def drawn(shape: Any, *given: Any, dtype: Any = None, **named: Any) -> tf.Tensor:
        kind = dtype or next((one for one in given if isinstance(one, tf.DType)), tf.float32)
        if tf.executing_eagerly():
            return tf.constant(draw([int(size) for size in np.asarray(shape)]), kind)
        array = tf.numpy_function(
            lambda sizes: np.asarray(draw(sizes.tolist()), tf.as_dtype(kind).as_numpy_dtype), [shape], kind
        )
        array.set_shape(tf.get_static_value(shape) if tf.get_static_value(shape) is not None else None)
        return array

    return drawn


def _refusing(name: str) -> Callable[..., tf.Tensor]:
    def refused(*_: Any, **__: Any) -> tf.Tensor:
        raise NotImplementedError(f"random numbers of {name} cannot be made equal")

    return refused
