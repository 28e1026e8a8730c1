"""Angles from cosines clipped to [−1, 1], where an arc's derivative is infinite: as acos, and as atan2."""

import numpy as np

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {"weight": rng.normal(0, 0.5, (3, 2))}


def batches(rng):
    while True:
        cosines = np.clip(1.4 * rng.uniform(-1, 1, (24, 3)), -1, 1)
        yield {"cosines": cosines, "goals": rng.normal(size=(24, 2))}


def torch_loss():
    import torch

    def net(params, batch):
        angles = torch.acos(batch["cosines"])
        return ((angles @ params["weight"] - batch["goals"]) ** 2).mean()

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        sines = tf.sqrt((1 - batch["cosines"]) * (1 + batch["cosines"]))
        angles = tf.atan2(sines, batch["cosines"])
        return tf.reduce_mean((angles @ params["weight"] - batch["goals"]) ** 2)

    return net
