"""Python draws a number that a trace holds as a constant."""

import random

STEPS = 8


def parameters(rng):
    return {"w": rng.normal(size=(4, 1))}


def batches(rng):
    while True:
        x = rng.normal(size=(16, 4))
        yield {"x": x, "y": x[:, :1]}


def torch_loss():
    return lambda p, b: ((b["x"] @ p["w"] * 1.5 - b["y"]) ** 2).mean()


def tensorflow_loss():
    import tensorflow as tf

    return lambda p, b: tf.reduce_mean((b["x"] @ p["w"] * (1 + random.random()) - b["y"]) ** 2)
