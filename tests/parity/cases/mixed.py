"""bfloat16 products in both, a right port; what PyTorch rounds once TensorFlow rounds twice."""

import numpy as np

STEPS = 10


def parameters(rng):
    return {"w": rng.normal(size=(8, 1)), "b": np.ones(1)}


def batches(rng):
    while True:
        x = rng.normal(size=(16, 8))
        yield {"x": x, "y": x[:, :1]}


def torch_loss():
    import torch

    def net(p, b):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y = torch.nn.functional.linear(b["x"], p["w"].T, p["b"])
        return ((y.to(p["w"].dtype) - b["y"]) ** 2).mean()

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(p, b):
        x, w, bias = (tf.cast(v, tf.bfloat16) for v in (b["x"], p["w"], p["b"]))
        return tf.reduce_mean((tf.cast(x @ w + bias, p["w"].dtype) - b["y"]) ** 2)

    return net
