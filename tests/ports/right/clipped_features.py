"""Features clipped by their norm, where the gradient goes through the norm as well."""

STEPS = 10
OPTIMIZER = "adamw"
LEARNING_RATE = 0.01


def parameters(rng):
    return {"weight": rng.normal(0, 0.8, (4, 5)), "head": rng.normal(0, 0.8, (5, 3))}


def batches(rng):
    while True:
        yield {"points": rng.normal(size=(8, 4)), "classes": rng.integers(0, 3, 8)}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        features = batch["points"] @ params["weight"]
        norm = torch.linalg.vector_norm(features, dim=1, keepdim=True)
        clipped = features * 1.5 / norm.clamp(min=1.5)
        return functional.multi_margin_loss(clipped @ params["head"], batch["classes"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        features = batch["points"] @ params["weight"]
        norm = tf.norm(features, axis=1, keepdims=True)
        clipped = features * 1.5 / tf.maximum(norm, 1.5)
        scores = clipped @ params["head"]
        right = tf.gather(scores, batch["classes"], batch_dims=1)[:, None]
        margins = tf.nn.relu(1 - right + scores)
        others = 1 - tf.one_hot(batch["classes"], 3, dtype=scores.dtype)
        return tf.reduce_mean(tf.reduce_sum(margins * others, axis=1) / 3)

    return net
