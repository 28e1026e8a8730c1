"""Attention pooling over time with several heads; the scores' bias, the same at all times, does nothing."""

import numpy as np

STEPS = 12
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "score": rng.normal(0, 0.7, (4, 3)),
        "score_bias": np.full(3, 0.2),
        "value": rng.normal(0, 0.5, (4, 3)),
        "head": rng.normal(0, 0.5, (3, 2)),
    }


def batches(rng):
    while True:
        yield {"series": rng.normal(size=(5, 7, 4)), "wanted": rng.normal(size=(5, 2))}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        scores = batch["series"] @ params["score"] + params["score_bias"]
        weights = torch.softmax(scores, dim=1)
        pooled = (weights * (batch["series"] @ params["value"])).sum(dim=1)
        return functional.huber_loss(pooled @ params["head"], batch["wanted"], delta=0.5)

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        scores = tf.matmul(batch["series"], params["score"]) + params["score_bias"]
        weights = tf.nn.softmax(scores, axis=1)
        pooled = tf.reduce_sum(weights * tf.matmul(batch["series"], params["value"]), axis=1)
        return tf.reduce_mean(tf.keras.losses.huber(batch["wanted"], pooled @ params["head"], delta=0.5))

    return net
