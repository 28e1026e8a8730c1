"""The usual losses of a model's output and a batch's `y`."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from fwtui.core.named_losses import check_target, inputs_and_target, inputs_of
from fwtui.core.nested import flattened


def loss(name: str, model: Any, batch: Mapping[str, Any]) -> tf.Tensor:
    """The mean loss of this name: of logits (…, classes) and whole numbers (…), or of two of one shape."""
    inputs, target = inputs_and_target(batch)
    output = _called(model, inputs)
    check_target(name, target.shape, output.shape)
    if name == "cross-entropy":
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(target, output))
    target = tf.reshape(tf.cast(target, output.dtype), tf.shape(output))
    apart = output - target
    size = tf.abs(apart)
    values = {
        "binary-cross-entropy": lambda: tf.nn.sigmoid_cross_entropy_with_logits(target, output),
        "mse": lambda: tf.square(apart),
        "mae": lambda: size,
        "huber": lambda: tf.where(size <= 1, tf.square(apart) / 2, size - 0.5),
    }
    return tf.reduce_mean(values[name]())


def outputs_loss(model: Any, batch: Mapping[str, Any]) -> tf.Tensor:
    """A scalar that depends on every element of what a model gives, and on no order of them: of (1 + x)³.

    Raises:
        ValueError: it gives no floating-point tensor.
    """
    gave = _called(model, inputs_of(batch))
    found = [one for _, one in flattened(gave, tf.is_tensor) if one.dtype.is_floating]
    if not found:
        raise ValueError("the model gives no floating-point tensor")
    return tf.add_n([tf.reduce_mean((1 + one) ** 3) for one in found])


def _called(model: Any, inputs: tuple[Any, ...]) -> Any:
    """What a model gives: a functional one takes several inputs as a list, others one by one."""
    if len(inputs) == 1:
        return model(inputs[0])
    parameters = inspect.signature(getattr(model, "call", model)).parameters.values()
    kinds = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    required = [one for one in parameters if one.kind in kinds and one.name not in ("training", "mask")]
    takes_each = len(required) >= len(inputs) or any(one.kind is one.VAR_POSITIONAL for one in parameters)
    return model(*inputs) if takes_each else model(list(inputs))
