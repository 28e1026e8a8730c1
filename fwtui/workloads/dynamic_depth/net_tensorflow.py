"""The network of changing depth in TensorFlow: a Python loop, which a trace unrolls for one depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from fwtui.core.workload import Loss
from fwtui.workloads.dynamic_depth.workload import DynamicDepth


def loss(workload: DynamicDepth) -> Loss:
    """(params, batch) -> the mean squared error of a network as deep as the batch says; a scalar."""

    def squared_error(params: Mapping[str, tf.Variable], batch: Mapping[str, Any]) -> tf.Tensor:
        hidden = tf.tanh(batch["x"] @ params["w_in"] + params["b_in"])
        for _ in range(batch["depth"]):
            hidden = tf.tanh(hidden @ params["w_middle"] + params["b_middle"])
        predicted = hidden @ params["w_out"] + params["b_out"]
        return tf.reduce_mean(tf.math.squared_difference(predicted, batch["y"]))

    return squared_error
