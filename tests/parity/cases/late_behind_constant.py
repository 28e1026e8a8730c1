"""A fault of 1e-6 from step 5 on, behind a float32 slope that is rightly set aside."""

import numpy as np

STEPS = 8
LEARNING_RATE = 0.02


def parameters(rng):
    return {"w": rng.normal(size=(5, 8)) / 2, "v": rng.normal(size=(8, 1)) / 3}


def batches(rng):
    step = 0
    while True:
        x = rng.normal(size=(16, 5))
        yield {"x": x, "y": np.sin(x[:, :1]), "step": np.array(step)}
        step += 1


def torch_loss():
    from torch.nn.functional import leaky_relu

    def net(p, b):
        return ((leaky_relu(b["x"] @ p["w"], 0.2) @ p["v"] - b["y"]) ** 2).mean()

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(p, b):
        h = tf.nn.leaky_relu(b["x"] @ p["w"], 0.2)
        h = h * (1 + tf.cast(b["step"] >= 5, h.dtype) * tf.constant(1e-6, h.dtype))
        return tf.reduce_mean((h @ p["v"] - b["y"]) ** 2)

    return net
