"""WaveNet's gated block: a dilated convolution that sees the past only, and a residual connection."""

import numpy as np

STEPS = 10
OPTIMIZER = "adamw"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "kernel": rng.normal(0, 0.3, (3, 4, 8)),
        "bias": np.zeros(8),
        "out": rng.normal(0, 0.3, (4, 4)),
    }


def batches(rng):
    while True:
        waves = np.cumsum(rng.normal(0, 0.4, (3, 13, 4)), axis=1)
        yield {"waves": waves[:, :-1], "next": waves[:, 1:]}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        waves = batch["waves"].transpose(1, 2)
        kernel = params["kernel"].permute(2, 1, 0)
        seen = functional.conv1d(functional.pad(waves, (4, 0)), kernel, params["bias"], dilation=2)
        value, gate = seen.chunk(2, dim=1)
        gated = torch.tanh(value) * torch.sigmoid(gate)
        guess = batch["waves"] + gated.transpose(1, 2) @ params["out"]
        return functional.l1_loss(guess, batch["next"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        before = tf.pad(batch["waves"], [[0, 0], [4, 0], [0, 0]])
        seen = tf.nn.convolution(before, params["kernel"], padding="VALID", dilations=2) + params["bias"]
        value, gate = tf.split(seen, 2, axis=2)
        gated = tf.tanh(value) * tf.sigmoid(gate)
        guess = batch["waves"] + gated @ params["out"]
        return tf.reduce_mean(tf.abs(guess - batch["next"]))

    return net
