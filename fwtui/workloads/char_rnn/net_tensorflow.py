"""The recurrent network in TensorFlow, by Keras's GRU layer.

The layer as it comes, and not a loop of one's own: on an NVIDIA GPU it is cuDNN's, like PyTorch's. On a CPU
it loops over the characters; for 32 of them on one core, forward and backward take 95 ms eagerly, where
the bare equations in a Python loop take 50, and 11 against 6 in a graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from fwtui.core.spec import DTYPES
from fwtui.core.workload import Loss
from fwtui.workloads.char_rnn.workload import CharRnn


def loss(workload: CharRnn) -> Loss:
    """(params, batch) -> `loss`, the mean cross-entropy, and `accuracy`, the share guessed rightly."""
    # Here and not when the weights' dtype is known: a trace in which a layer is made is made twice.
    layers = {dtype: _gru(workload, dtype) for dtype in DTYPES}

    def states(params: Mapping[str, tf.Variable], embedded: tf.Tensor) -> tf.Tensor:
        layer = layers[embedded.dtype.name]
        weights = [params["kernel"], params["recurrent"], params["bias"]]
        every, _ = layer.stateless_call(weights, layer.non_trainable_variables, embedded)
        return every

    def guess(params: Mapping[str, tf.Variable], batch: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        embedded = tf.nn.embedding_lookup(params["embedding"], batch["inputs"])
        # One row for each character: with a third dimension the product would be a batch of small ones.
        rows = tf.reshape(states(params, embedded), (-1, workload.hidden))
        targets = tf.reshape(batch["targets"], (-1,))
        logits = rows @ params["dense"] + params["dense_bias"]
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
        right = tf.equal(tf.argmax(logits, axis=1), targets)
        return {
            "loss": tf.reduce_mean(each),
            "accuracy": tf.reduce_mean(tf.cast(right, logits.dtype)),
        }

    return guess


def _gru(workload: CharRnn, dtype: str) -> Any:
    layer = tf.keras.layers.GRU(
        workload.hidden,
        return_sequences=True,
        reset_after=True,
        # It is always called with given weights; its own are never used.
        kernel_initializer="zeros",
        recurrent_initializer="zeros",
        dtype=dtype,
    )
    layer.build((None, None, workload.embedded))
    return layer
