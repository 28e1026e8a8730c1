"""Square dense layers: PyTorch's `linear` wants a weight of (out, in), Keras's kernel is (in, out)."""

import numpy as np

STEPS = 20
OPTIMIZER = "sgd"
LEARNING_RATE = 0.05
WIDTH = 6


def parameters(rng):
    return {name: rng.normal(0, 0.4, (WIDTH, WIDTH)) for name in ("first", "second", "third")}


def batches(rng):
    while True:
        points = rng.normal(size=(12, WIDTH))
        yield {"points": points, "wanted": np.sin(points)}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        hidden = functional.linear(batch["points"], params["first"].T)
        hidden = torch.tanh(hidden)
        hidden = functional.linear(hidden, params["second"].T)
        hidden = functional.softsign(hidden)
        output = functional.linear(hidden, params["third"].T)
        return functional.mse_loss(output, batch["wanted"], reduction="sum") / len(output)

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        hidden = tf.matmul(batch["points"], params["first"])
        hidden = tf.tanh(hidden)
        hidden = tf.matmul(hidden, params["second"])
        hidden = tf.nn.softsign(hidden)
        output = tf.matmul(hidden, params["third"])
        return tf.reduce_mean(tf.reduce_sum(tf.square(output - batch["wanted"]), axis=1))

    return net
