"""A backward pass over padded sequences, each turned round within its own length."""

import numpy as np

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.02


def parameters(rng):
    return {
        "input": rng.normal(0, 0.6, (3, 4)),
        "recurrent": rng.normal(0, 0.6, (4, 4)),
        "head": rng.normal(0, 0.5, (4, 1)),
    }


def batches(rng):
    while True:
        lengths = rng.integers(2, 6, 5)
        series = rng.normal(size=(5, 6, 3)) * (np.arange(6) < lengths[:, None])[:, :, None]
        yield {"series": series, "lengths": lengths, "wanted": series[:, 0, :1]}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        place = torch.arange(6)
        back = batch["lengths"][:, None] - 1 - place
        order = torch.where(back >= 0, back, place)
        series = batch["series"].gather(1, order[:, :, None].expand(-1, -1, 3))
        state = params["input"].new_zeros(5, 4)
        for step in range(6):
            new = torch.tanh(series[:, step] @ params["input"] + state @ params["recurrent"])
            state = torch.where((step < batch["lengths"])[:, None], new, state)
        return functional.mse_loss(state @ params["head"], batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        series = tf.reverse_sequence(batch["series"], batch["lengths"], seq_axis=1)
        state = tf.zeros([5, 4], series.dtype)
        for step in range(6):
            new = tf.tanh(series[:, step] @ params["input"] + state @ params["recurrent"])
            state = tf.where((step < batch["lengths"])[:, None], new, state)
        return tf.reduce_mean(tf.math.squared_difference(state @ params["head"], batch["wanted"]))

    return net
