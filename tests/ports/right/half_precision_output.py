"""Logits that leave a float16 product and are judged in the full type."""

STEPS = 6
OPTIMIZER = "sgd"
LEARNING_RATE = 0.1


def parameters(rng):
    return {"weight": rng.normal(0, 0.5, (4, 3)), "gain": rng.uniform(0.5, 1.5, 3)}


def batches(rng):
    while True:
        yield {"points": rng.normal(size=(8, 4)), "classes": rng.integers(0, 3, 8)}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        product = batch["points"].to(torch.float16) @ params["weight"].to(torch.float16)
        logits = product.to(params["gain"].dtype) * params["gain"]
        return functional.cross_entropy(logits, batch["classes"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        product = tf.cast(batch["points"], tf.float16) @ tf.cast(params["weight"], tf.float16)
        logits = tf.cast(product, params["gain"].dtype) * params["gain"]
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(batch["classes"], logits)
        return tf.reduce_mean(each)

    return net
