"""Penalties and constraints of Keras's layers, which a loss or an optimizer may leave out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras


def left_out(model: Any, call: Callable[[], object], is_keras_training: bool) -> Iterator[str]:
    """What `keras.Model.fit` would do, and this training does not.

    Args:
        call: evaluates the loss.
        is_keras_training: whether an optimizer of Keras's makes the updates, which applies constraints.
    """
    if not isinstance(model, keras.layers.Layer):
        return
    constrained = [one.path for one in model.trainable_variables if getattr(one, "constraint", None)]
    if constrained and not is_keras_training:
        names = ", ".join(constrained)
        yield f"a constraint of {names}, which is not applied: give tensorflow_optimizer(model)"
    with _losses_read() as read:
        call()
        was_read = bool(read)
    if not was_read and (count := len(model.losses)):
        penalties = "a penalty" if count == 1 else f"{count} penalties"
        yield f"{penalties} in model.losses that the loss leaves out: add sum(model.losses), or remove them"


@contextmanager
def _losses_read() -> Iterator[list[Any]]:
    """While entered, the layers whose `losses` are read, as a loss does that adds them."""
    read: list[Any] = []
    original = keras.layers.Layer.losses

    def losses(layer: Any) -> Any:
        read.append(layer)
        return original.fget(layer)

    keras.layers.Layer.losses = property(losses)
    try:
        yield read
    finally:
        keras.layers.Layer.losses = original
