"""Attention over padded sequences: a mask that is added against one that says where to look."""

import numpy as np

STEPS = 10
OPTIMIZER = "momentum"
LEARNING_RATE = 0.05


def parameters(rng):
    return {name: rng.normal(0, 0.5, (5, 5)) for name in ("query", "key", "value")}


def batches(rng):
    while True:
        lengths = rng.integers(2, 6, 4)
        real = np.arange(6) < lengths[:, None]
        yield {"words": rng.normal(size=(4, 6, 5)), "real": real, "wanted": rng.normal(size=(4, 5))}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        query = batch["words"] @ params["query"]
        key = batch["words"] @ params["key"]
        value = batch["words"] @ params["value"]
        mask = batch["real"][:, None, :].expand(-1, 6, -1)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        counted = batch["real"][:, :, None].to(seen.dtype)
        mean = (seen * counted).sum(dim=1) / counted.sum(dim=1)
        return functional.mse_loss(mean, batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        query = tf.matmul(batch["words"], params["query"])
        key = tf.matmul(batch["words"], params["key"])
        value = tf.matmul(batch["words"], params["value"])
        real = tf.cast(batch["real"], query.dtype)
        scores = tf.einsum("bqd,bkd->bqk", query, key) * 5**-0.5
        scores = scores + (1 - real)[:, None, :] * -1e9
        seen = tf.einsum("bqk,bkd->bqd", tf.nn.softmax(scores), value)
        counted = real[:, :, None]
        mean = tf.reduce_sum(seen * counted, axis=1) / tf.reduce_sum(counted, axis=1)
        return tf.reduce_mean(tf.math.squared_difference(mean, batch["wanted"]))

    return net
