"""The convolutional classifier in TensorFlow, pixels before channels."""

from __future__ import annotations

from collections.abc import Mapping

import tensorflow as tf

from fwtui.core.workload import Loss
from fwtui.workloads.digits import SIDE
from fwtui.workloads.digits_cnn.workload import DigitsCnn


def loss(workload: DigitsCnn) -> Loss:
    """(params, batch) -> `loss`, the mean cross-entropy, and `accuracy`, the share classified rightly."""

    def convolve(maps: tf.Tensor, kernel: tf.Variable, bias: tf.Variable) -> tf.Tensor:
        convolved = tf.nn.bias_add(tf.nn.conv2d(maps, kernel, strides=1, padding="SAME"), bias)
        return tf.nn.max_pool2d(tf.nn.relu(convolved), ksize=2, strides=2, padding="VALID")

    def classify(params: Mapping[str, tf.Variable], batch: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        images = tf.reshape(batch["images"], (-1, SIDE, SIDE, 1))
        maps = convolve(images, params["kernel1"], params["bias1"])
        maps = convolve(maps, params["kernel2"], params["bias2"])
        features = tf.reshape(maps, (-1, params["dense"].shape[0]))
        logits = features @ params["dense"] + params["bias3"]
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=batch["labels"], logits=logits)
        right = tf.equal(tf.argmax(logits, axis=1), batch["labels"])
        return {
            "loss": tf.reduce_mean(each),
            "accuracy": tf.reduce_mean(tf.cast(right, logits.dtype)),
        }

    return classify
