"""The usual losses of a model's output and a batch's `y`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from fwtui.core.named_losses import inputs_and_target


def loss(name: str, model: Any, batch: Mapping[str, Any]) -> tf.Tensor:
    """The mean loss of this name: of logits (…, classes) and whole numbers (…), or of two of one shape."""
    inputs, target = inputs_and_target(batch)
    output = model(inputs[0] if len(inputs) == 1 else list(inputs))
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
