"""An auxiliary head that joins the loss at step 15."""

import numpy as np

STEPS = 20
OPTIMIZER = "rmsprop"
LEARNING_RATE = 0.003


def parameters(rng):
    return {
        "hidden": rng.normal(0, 0.5, (4, 6)),
        "main": rng.normal(0, 0.5, (6, 3)),
        "auxiliary": rng.normal(0, 0.5, (6, 1)),
    }


def batches(rng):
    step = 0
    while True:
        points = rng.normal(size=(8, 4))
        yield {
            "points": points,
            "classes": rng.integers(0, 3, 8),
            "size": (points**2).sum(axis=1, keepdims=True),
            "late": np.array(float(step >= 15)),
        }
        step += 1


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        hidden = torch.tanh(batch["points"] @ params["hidden"])
        main = functional.cross_entropy(hidden @ params["main"], batch["classes"])
        auxiliary = functional.l1_loss(hidden @ params["auxiliary"], batch["size"])
        return main + 0.3 * batch["late"] * auxiliary

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        hidden = tf.tanh(batch["points"] @ params["hidden"])
        logits = hidden @ params["main"]
        main = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(batch["classes"], logits))
        auxiliary = tf.reduce_mean(tf.abs(hidden @ params["auxiliary"] - batch["size"]))
        return main + 0.3 * batch["late"] * auxiliary

    return net
