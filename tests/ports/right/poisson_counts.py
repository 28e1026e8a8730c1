"""Counts with a Poisson loss on rates, where PyTorch takes their logarithms unless told otherwise."""

import numpy as np

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.02


def parameters(rng):
    return {"weight": rng.normal(0, 0.4, (3, 2)), "bias": np.zeros(2)}


def batches(rng):
    while True:
        points = rng.normal(size=(10, 3))
        yield {"points": points, "counts": rng.poisson(np.exp(points[:, :2])) * 1.0}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        rates = functional.softplus(batch["points"] @ params["weight"] + params["bias"])
        return functional.poisson_nll_loss(rates, batch["counts"], log_input=False, eps=1e-7)

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        rates = tf.nn.softplus(batch["points"] @ params["weight"] + params["bias"])
        return tf.reduce_mean(tf.keras.losses.poisson(batch["counts"], rates))

    return net
