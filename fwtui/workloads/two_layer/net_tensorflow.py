"""The two-layer net in TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping

import tensorflow as tf

from fwtui.core.workload import Loss
from fwtui.workloads.two_layer.workload import TwoLayer


def loss(workload: TwoLayer) -> Loss:
    """(params, batch) -> the squared error, summed or as the mean of the rows' sums; a scalar."""

    def squared_error(params: Mapping[str, tf.Variable], batch: Mapping[str, tf.Tensor]) -> tf.Tensor:
        hidden = tf.nn.relu(batch["x"] @ params["w1"])
        predicted = hidden @ params["w2"]
        error = tf.square(predicted - batch["y"])
        if workload.reduction == "sum":
            return tf.reduce_sum(error)
        return tf.reduce_mean(tf.reduce_sum(error, axis=1))

    return squared_error
