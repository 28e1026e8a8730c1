"""A port with a mistake in it, which `fwtui parity` finds: batch norm with another framework's epsilon.

PyTorch adds 1e-5 to the variance, Keras 1e-3, each by default. Both train well, and their losses look alike.

    fwtui parity --workload examples/wrong_port.py

Parity answers *no*, with exit code 1, and names the first op that differs by the lines of both nets:
`tf.nn.batch_normalization`, which takes the epsilon, and `F.batch_norm`. With 1e-5 in both it answers *yes*.
"""

import numpy as np

FEATURES = 6
HIDDEN = 16
BATCH = 64

STEPS = 100
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "w1": rng.normal(0, 1 / np.sqrt(FEATURES), (FEATURES, HIDDEN)),
        "gamma": np.ones(HIDDEN),
        "beta": np.zeros(HIDDEN),
        "w2": rng.normal(0, 1 / np.sqrt(HIDDEN), (HIDDEN, 1)),
    }


def batches(rng):
    while True:
        features = rng.normal(size=(BATCH, FEATURES))
        yield {"features": features, "targets": np.sin(features.sum(axis=1, keepdims=True))}


def torch_loss():
    import torch.nn.functional as F

    def net(params, batch):
        hidden = batch["features"] @ params["w1"]
        normed = F.batch_norm(hidden, None, None, params["gamma"], params["beta"], training=True)
        return F.mse_loss(F.relu(normed) @ params["w2"], batch["targets"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        hidden = batch["features"] @ params["w1"]
        mean, variance = tf.nn.moments(hidden, axes=[0])
        # The mistake is the last argument.
        normed = tf.nn.batch_normalization(hidden, mean, variance, params["beta"], params["gamma"], 1e-3)
        return tf.reduce_mean((tf.nn.relu(normed) @ params["w2"] - batch["targets"]) ** 2)

    return net
