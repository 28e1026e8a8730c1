"""A variational autoencoder whose noise comes with the batch, its divergence weighted up to step 10."""

import numpy as np

STEPS = 20
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "mean": rng.normal(0, 0.4, (6, 2)),
        "log_variance": rng.normal(0, 0.4, (6, 2)),
        "decoder": rng.normal(0, 0.5, (2, 6)),
        "bias": rng.normal(0, 0.1, 6),
    }


def batches(rng):
    step = 0
    while True:
        images = (rng.uniform(size=(8, 6)) < 0.4) * 1.0
        yield {"images": images, "noise": rng.normal(size=(8, 2)), "step": np.array(step * 1.0)}
        step += 1


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        mean = batch["images"] @ params["mean"]
        log_variance = batch["images"] @ params["log_variance"]
        code = mean + torch.exp(0.5 * log_variance) * batch["noise"]
        logits = code @ params["decoder"] + params["bias"]
        each = functional.binary_cross_entropy_with_logits(logits, batch["images"], reduction="none")
        divergence = -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(dim=1)
        weight = torch.clamp(batch["step"] / 10, max=1)
        return (each.sum(dim=1) + weight * divergence).mean()

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        mean = batch["images"] @ params["mean"]
        log_variance = batch["images"] @ params["log_variance"]
        code = mean + tf.exp(0.5 * log_variance) * batch["noise"]
        logits = code @ params["decoder"] + params["bias"]
        each = tf.nn.sigmoid_cross_entropy_with_logits(labels=batch["images"], logits=logits)
        divergence = -0.5 * tf.reduce_sum(1 + log_variance - mean**2 - tf.exp(log_variance), axis=1)
        weight = tf.minimum(batch["step"] / 10, 1)
        return tf.reduce_mean(tf.reduce_sum(each, axis=1) + weight * divergence)

    return net
