"""Causal attention of two heads, PyTorch's fused op against one by hand; the keys' bias does nothing."""

import numpy as np

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01
WIDTH = 8
HEAD = 4


def parameters(rng):
    weights = {name: rng.normal(0, 0.5, (WIDTH, WIDTH)) for name in ("query", "key", "value", "out")}
    return weights | {"key_bias": rng.normal(0, 0.3, WIDTH), "query_bias": np.zeros(WIDTH)}


def batches(rng):
    while True:
        series = np.cumsum(rng.normal(0, 0.5, (3, 6, WIDTH)), axis=1)
        yield {"series": series[:, :-1], "next": series[:, 1:]}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        def heads(name):
            return (batch["series"] @ params[name]).unflatten(-1, (2, HEAD)).transpose(1, 2)

        query = heads("query") + params["query_bias"].view(2, 1, HEAD)
        key = heads("key") + params["key_bias"].view(2, 1, HEAD)
        seen = functional.scaled_dot_product_attention(query, key, heads("value"), is_causal=True)
        merged = seen.transpose(1, 2).flatten(2)
        guess = batch["series"] + merged @ params["out"]
        return functional.mse_loss(guess, batch["next"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        def heads(name):
            split = tf.reshape(tf.matmul(batch["series"], params[name]), [-1, 5, 2, HEAD])
            return tf.transpose(split, [0, 2, 1, 3])

        query = heads("query") + tf.reshape(params["query_bias"], [2, 1, HEAD])
        key = heads("key") + tf.reshape(params["key_bias"], [2, 1, HEAD])
        scores = tf.matmul(query, key, transpose_b=True)
        scores = scores / HEAD**0.5
        past = tf.linalg.band_part(tf.ones([5, 5], scores.dtype), -1, 0)
        weights = tf.nn.softmax(tf.where(past > 0, scores, -np.inf))
        seen = tf.matmul(weights, heads("value"))
        merged = tf.reshape(tf.transpose(seen, [0, 2, 1, 3]), [-1, 5, WIDTH])
        guess = batch["series"] + tf.matmul(merged, params["out"])
        return tf.reduce_mean(tf.math.squared_difference(guess, batch["next"]))

    return net
