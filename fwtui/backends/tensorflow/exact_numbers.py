"""Numbers of Python that Keras casts: through float32, whatever dtype it casts them to.

So an optimizer's momentum of 0.9 is 0.89999998 also where all else is float64. The function is Keras's own,
and replaced in this file alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import tensorflow as tf
from keras.src.backend.tensorflow import core

from fwtui.backends.logbook import WRAPPERS

WRAPPERS.add(__file__)


@contextmanager
def exact_numbers() -> Iterator[None]:
    """While entered, a number that Keras casts to float64 is the number itself."""
    original = core.cast

    def cast(x: Any, dtype: Any) -> Any:
        exact = isinstance(x, float) and tf.as_dtype(dtype) == tf.float64
        return tf.constant(x, tf.float64) if exact else original(x, dtype)

    core.cast = cast
    try:
        yield
    finally:
        core.cast = original
