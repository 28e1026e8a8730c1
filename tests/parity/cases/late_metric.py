"""A metric that is wrong in step 5 alone, which no probe sees."""

import numpy as np

STEPS = 8
LEARNING_RATE = 0.02


def parameters(rng):
    return {"w": rng.normal(size=(5, 1))}


def batches(rng):
    step = 0
    while True:
        x = rng.normal(size=(16, 5))
        yield {"x": x, "y": np.sin(x[:, :1]), "step": np.array(step)}
        step += 1


def torch_loss():
    def net(p, b):
        error = b["x"] @ p["w"] - b["y"]
        return {"loss": (error**2).mean(), "bias": error.mean()}

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(p, b):
        error = b["x"] @ p["w"] - b["y"]
        wrong = tf.cast(b["step"] == 5, error.dtype) * 0.25
        return {"loss": tf.reduce_mean(error**2), "bias": tf.reduce_mean(error) + wrong}

    return net
