"""The digit classifier in TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping

import tensorflow as tf

from fwtui.core.workload import Loss
from fwtui.workloads.digits_mlp.workload import DigitsMlp


def loss(workload: DigitsMlp) -> Loss:
    """(params, batch) -> `loss`, the mean cross-entropy, and `accuracy`, the share classified rightly."""

    def classify(params: Mapping[str, tf.Variable], batch: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        hidden = tf.nn.relu(batch["images"] @ params["w1"] + params["b1"])
        logits = hidden @ params["w2"] + params["b2"]
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=batch["labels"], logits=logits)
        right = tf.equal(tf.argmax(logits, axis=1), batch["labels"])
        return {
            "loss": tf.reduce_mean(each),
            "accuracy": tf.reduce_mean(tf.cast(right, logits.dtype)),
        }

    return classify
