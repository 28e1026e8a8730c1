"""A Gaussian's likelihood by its Cholesky factor in PyTorch, by inverse and determinant in TensorFlow."""

import numpy as np

STEPS = 10
OPTIMIZER = "rmsprop"
LEARNING_RATE = 0.005


def parameters(rng):
    return {"mean": rng.normal(0, 0.5, 3), "root": rng.normal(0, 0.5, (3, 3)) + np.eye(3)}


def batches(rng):
    mix = rng.normal(size=(3, 3))
    while True:
        yield {"points": rng.normal(size=(12, 3)) @ mix + 1}


def torch_loss():
    import torch

    def net(params, batch):
        root = torch.tril(params["root"])
        covariance = root @ root.T + 0.125 * torch.eye(3).to(root)
        factor = torch.linalg.cholesky(covariance)
        white = torch.linalg.solve_triangular(factor, (batch["points"] - params["mean"]).T, upper=False)
        log_volume = 2 * torch.log(torch.diagonal(factor)).sum()
        return 0.5 * (white.square().sum(dim=0).mean() + log_volume)

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        root = tf.linalg.band_part(params["root"], -1, 0)
        covariance = tf.matmul(root, root, transpose_b=True) + 0.125 * tf.eye(3, dtype=root.dtype)
        away = batch["points"] - params["mean"]
        distance = tf.einsum("ni,ij,nj->n", away, tf.linalg.inv(covariance), away)
        log_volume = tf.linalg.logdet(covariance)
        return 0.5 * (tf.reduce_mean(distance) + log_volume)

    return net
