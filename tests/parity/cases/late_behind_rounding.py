"""A fault in step 5 alone, in a net whose training rounding has long parted: Adam's bias before a norm."""

import numpy as np

STEPS = 8
OPTIMIZER = "adam"
LEARNING_RATE = 0.02


def parameters(rng):
    return {
        "w": rng.normal(size=(5, 8)) / 2,
        "bias": rng.normal(size=8),
        "v": rng.normal(size=(8, 1)) / 3,
    }


def batches(rng):
    step = 0
    while True:
        x = rng.normal(size=(16, 5))
        yield {"x": x, "y": np.sin(x[:, :1]), "step": np.array(step)}
        step += 1


def torch_loss():
    import torch

    def net(p, b):
        z = b["x"] @ p["w"] + p["bias"]
        z = (z - z.mean(dim=0)) / torch.sqrt(z.var(dim=0, unbiased=False) + 1e-5)
        return ((torch.tanh(z) @ p["v"] - b["y"]) ** 2).mean()

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(p, b):
        z = b["x"] @ p["w"] + p["bias"]
        mean, variance = tf.nn.moments(z, axes=[0])
        z = (z - mean) / tf.sqrt(variance + 1e-5)
        half = tf.cast(b["step"] == 5, z.dtype) * 0.5
        return tf.reduce_mean(((1 + half) * tf.tanh(z) @ p["v"] - b["y"]) ** 2)

    return net
