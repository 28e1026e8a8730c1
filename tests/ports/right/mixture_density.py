"""A mixture density network: the density's logarithm by hand in both, summed by different means."""

import numpy as np

STEPS = 10
OPTIMIZER = "adamw"
LEARNING_RATE = 0.005


def parameters(rng):
    return {name: rng.normal(0, 0.5, (3, 4)) for name in ("share", "place", "log_width")}


def batches(rng):
    while True:
        points = rng.normal(size=(10, 3))
        yield {"points": points, "wanted": np.abs(points[:, :1]) + rng.normal(0, 0.1, (10, 1))}


def torch_loss():
    import torch

    def net(params, batch):
        share = torch.log_softmax(batch["points"] @ params["share"], dim=1)
        place = batch["points"] @ params["place"]
        log_width = batch["points"] @ params["log_width"]
        away = (batch["wanted"] - place) / log_width.exp()
        density = -0.5 * away.square() - log_width - 0.5 * np.log(2 * np.pi)
        return -torch.logsumexp(share + density, dim=1).mean()

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        share = tf.nn.softmax(batch["points"] @ params["share"])
        place = batch["points"] @ params["place"]
        log_width = batch["points"] @ params["log_width"]
        away = (batch["wanted"] - place) / tf.exp(log_width)
        density = -0.5 * tf.square(away) - log_width - 0.5 * np.log(2 * np.pi)
        highest = tf.stop_gradient(tf.reduce_max(density, axis=1, keepdims=True))
        likely = tf.reduce_sum(share * tf.exp(density - highest), axis=1)
        return -tf.reduce_mean(tf.math.log(likely) + highest[:, 0])

    return net
