"""Sinusoidal positions, sine and cosine in turns, added to embeddings scaled by the root of their width."""

import numpy as np

STEPS = 10
OPTIMIZER = "sgd"
LEARNING_RATE = 0.1


def parameters(rng):
    return {
        "table": rng.normal(0, 0.3, (10, 6)),
        "dense": rng.normal(0, 0.4, (6, 6)),
        "head": rng.normal(0, 0.4, (6, 10)),
    }


def batches(rng):
    while True:
        words = (rng.integers(0, 10, (4, 1)) + 3 * np.arange(6)) % 10
        yield {"words": words[:, :-1], "next": words[:, 1:]}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        embedded = functional.embedding(batch["words"], params["table"])
        embedded = embedded * 6**0.5
        place = torch.arange(5, dtype=embedded.dtype)[:, None]
        angle = place / 10000 ** (torch.arange(0, 6, 2, dtype=embedded.dtype) / 6)
        positions = torch.stack([torch.sin(angle), torch.cos(angle)], dim=-1).flatten(1)
        hidden = torch.tanh((embedded + positions) @ params["dense"])
        logits = hidden @ params["head"]
        return functional.cross_entropy(logits.transpose(1, 2), batch["next"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        embedded = tf.gather(params["table"], batch["words"])
        embedded = embedded * 6**0.5
        place = tf.range(5, dtype=embedded.dtype)[:, None]
        angle = place / 10000 ** (tf.range(0, 6, 2, dtype=embedded.dtype) / 6)
        positions = tf.reshape(tf.stack([tf.sin(angle), tf.cos(angle)], axis=-1), [5, 6])
        hidden = tf.tanh(tf.matmul(embedded + positions, params["dense"]))
        logits = tf.matmul(hidden, params["head"])
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(batch["next"], logits))

    return net
