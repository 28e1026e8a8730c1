"""The transformer in TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from fwtui.core.workload import Loss
from fwtui.workloads.tiny_transformer.workload import EPSILON, TinyTransformer

Params = Mapping[str, tf.Variable]


def loss(workload: TinyTransformer) -> Loss:
    """(params, batch) -> `loss`, the mean cross-entropy, and `accuracy`, the share guessed rightly."""
    length, width, heads = workload.length, workload.width, workload.heads
    head = width // heads
    seen = np.tri(length, dtype=bool)

    # One row for each character, in all but the attention: with a third dimension every product with a
    # weight would be a batch of small ones.

    def dense(params: Params, name: str, rows: tf.Tensor) -> tf.Tensor:
        return tf.nn.bias_add(rows @ params[name], params[f"{name}_bias"])

    def norm(params: Params, name: str, rows: tf.Tensor) -> tf.Tensor:
        centred = rows - tf.reduce_mean(rows, axis=1, keepdims=True)
        variance = tf.reduce_mean(tf.square(centred), axis=1, keepdims=True)
        normal = centred * tf.math.rsqrt(variance + EPSILON)
        return tf.nn.bias_add(normal * params[f"{name}.scale"], params[f"{name}.shift"])

    def attention(params: Params, block: str, rows: tf.Tensor) -> tf.Tensor:
        # (characters, 3 width) to queries, keys and values, each (batch, heads, length, head)
        split = tf.reshape(rows @ params[f"{block}.qkv"], (-1, length, 3, heads, head))
        queries, keys, values = tf.unstack(tf.transpose(split, (2, 0, 3, 1, 4)))
        scores = tf.matmul(queries, keys, transpose_b=True) / math.sqrt(head)
        attended = tf.nn.softmax(tf.where(seen, scores, -math.inf)) @ values
        joined = tf.reshape(tf.transpose(attended, (0, 2, 1, 3)), (-1, width))
        return dense(params, f"{block}.out", joined)

    def mlp(params: Params, block: str, rows: tf.Tensor) -> tf.Tensor:
        return dense(params, f"{block}.down", _gelu(dense(params, f"{block}.up", rows)))

    def guess(params: Params, batch: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        x = tf.nn.embedding_lookup(params["embedding"], batch["inputs"]) + params["positions"]
        rows, targets = tf.reshape(x, (-1, width)), tf.reshape(batch["targets"], (-1,))
        for number in range(1, workload.blocks + 1):
            block = f"block{number}"
            rows += attention(params, block, norm(params, f"{block}.norm1", rows))
            rows += mlp(params, block, norm(params, f"{block}.norm2", rows))
        logits = dense(params, "dense", norm(params, "norm", rows))
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
        right = tf.equal(tf.argmax(logits, axis=1), targets)
        return {
            "loss": tf.reduce_mean(each),
            "accuracy": tf.reduce_mean(tf.cast(right, logits.dtype)),
        }

    return guess


def _gelu(x: tf.Tensor) -> tf.Tensor:
    """The exact GELU. `tf.nn.gelu` knows 1/√2 in float32 only, and is 5e-9 off in float64."""
    return 0.5 * x * (1 + tf.math.erf(x * math.sqrt(0.5)))
