"""Batch norm in training, with what it does to the running statistics told as metrics."""

import numpy as np

STEPS = 10
OPTIMIZER = "sgd"
LEARNING_RATE = 0.05
EPSILON = 1e-5


def parameters(rng):
    return {
        "weight": rng.normal(0, 0.5, (5, 6)),
        "gamma": np.ones(6),
        "beta": np.zeros(6),
        "head": rng.normal(0, 0.5, (6, 1)),
    }


def batches(rng):
    while True:
        points = rng.normal(0.5, 2, (16, 5))
        yield {"points": points, "wanted": points[:, :1] * points[:, 1:2]}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        hidden = batch["points"] @ params["weight"]
        running_mean = hidden.new_zeros(6)
        running_variance = hidden.new_ones(6)
        normal = functional.batch_norm(
            hidden,
            running_mean,
            running_variance,
            params["gamma"],
            params["beta"],
            training=True,
            momentum=0.1,
        )
        output = torch.relu(normal) @ params["head"]
        return {
            "loss": functional.mse_loss(output, batch["wanted"]),
            "running_mean": running_mean.abs().mean(),
            "running_variance": running_variance.mean(),
        }

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        hidden = batch["points"] @ params["weight"]
        mean, variance = tf.nn.moments(hidden, axes=[0])
        normal = tf.nn.batch_normalization(hidden, mean, variance, params["beta"], params["gamma"], EPSILON)
        output = tf.nn.relu(normal) @ params["head"]
        # PyTorch normalises by the biased variance and keeps the unbiased one; Keras keeps the biased one.
        unbiased = variance * 16 / 15
        running_mean = 0.1 * mean
        running_variance = 0.9 * 1 + 0.1 * unbiased
        return {
            "loss": tf.reduce_mean(tf.math.squared_difference(output, batch["wanted"])),
            "running_mean": tf.reduce_mean(tf.abs(running_mean)),
            "running_variance": tf.reduce_mean(running_variance),
        }

    return net
