"""A right port: a bias before batch norm, trained by Adam; its gradient is zero but for rounding."""

import numpy as np

STEPS, OPTIMIZER, LEARNING_RATE = 10, "adam", 0.01


def parameters(rng):
    return {
        "w": rng.normal(size=(4, 6)),
        "bias": np.zeros(6),
        "gamma": np.ones(6),
        "beta": np.zeros(6),
        "v": rng.normal(size=(6, 1)),
    }


def batches(rng):
    while True:
        x = rng.normal(size=(16, 4))
        yield {"x": x, "y": x[:, :1]}


def torch_loss():
    import torch.nn.functional as F  # noqa: N812

    def net(p, b):
        x = F.batch_norm(b["x"] @ p["w"] + p["bias"], None, None, p["gamma"], p["beta"], training=True)
        return ((F.relu(x) @ p["v"] - b["y"]) ** 2).mean()

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(p, b):
        x = b["x"] @ p["w"] + p["bias"]
        mean, variance = tf.nn.moments(x, [0])
        x = tf.nn.batch_normalization(x, mean, variance, p["beta"], p["gamma"], 1e-5)
        return tf.reduce_mean((tf.nn.relu(x) @ p["v"] - b["y"]) ** 2)

    return net
