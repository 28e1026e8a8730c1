"""One feature is 1e12 times as large as the others, and another one counts twice in PyTorch."""

import numpy as np

STEPS = 30
OPTIMIZER = "sgd"
LEARNING_RATE = 1e-14
BATCH = 16


def parameters(rng):
    return {"w": rng.normal(size=4), "b": np.zeros(3)}


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(BATCH, 4)) * np.array([1e12, 1, 1, 1])}


def torch_loss():
    import torch

    def net(p, b):
        x = b["x"] * torch.tensor([1, 1, 1, 2], dtype=b["x"].dtype)
        return (x @ p["w"]).mean() + p["b"].sum()

    return net


def tensorflow_loss():
    import tensorflow as tf

    return lambda p, b: tf.reduce_mean(tf.linalg.matvec(b["x"], p["w"])) + tf.reduce_sum(p["b"])
