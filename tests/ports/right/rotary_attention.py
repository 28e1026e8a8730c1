"""Rotary positions in halves, as GPT-NeoX turns them, before a softmax by hand."""

STEPS = 8
OPTIMIZER = "adamw"
LEARNING_RATE = 0.01


def parameters(rng):
    return {name: rng.normal(0, 0.6, (4, 4)) for name in ("query", "key", "value")}


def batches(rng):
    while True:
        yield {"words": rng.normal(size=(3, 6, 4)), "wanted": rng.normal(size=(3, 6, 4))}


def torch_loss():
    import torch
    from torch.nn import functional

    def turned(words):
        frequency = 10000 ** -(torch.arange(2, dtype=words.dtype) / 2)
        angle = torch.arange(6, dtype=words.dtype)[:, None] * frequency
        cosine, sine = torch.cos(angle), torch.sin(angle)
        first, second = words.chunk(2, dim=-1)
        return torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1)

    def net(params, batch):
        query = turned(batch["words"] @ params["query"])
        key = turned(batch["words"] @ params["key"])
        weights = torch.softmax(query @ key.transpose(1, 2) / 2, dim=-1)
        return functional.mse_loss(weights @ (batch["words"] @ params["value"]), batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def turned(words):
        frequency = 10000 ** -(tf.range(2, dtype=words.dtype) / 2)
        angle = tf.range(6, dtype=words.dtype)[:, None] * frequency
        cosine, sine = tf.cos(angle), tf.sin(angle)
        first, second = tf.split(words, 2, axis=-1)
        return tf.concat([first * cosine - second * sine, second * cosine + first * sine], axis=-1)

    def net(params, batch):
        query = turned(tf.matmul(batch["words"], params["query"]))
        key = turned(tf.matmul(batch["words"], params["key"]))
        scores = tf.matmul(query, key, transpose_b=True) / 2
        likely = tf.exp(scores - tf.reduce_max(scores, axis=-1, keepdims=True))
        weights = likely / tf.reduce_sum(likely, axis=-1, keepdims=True)
        seen = tf.matmul(weights, tf.matmul(batch["words"], params["value"]))
        return tf.reduce_mean(tf.math.squared_difference(seen, batch["wanted"]))

    return net
