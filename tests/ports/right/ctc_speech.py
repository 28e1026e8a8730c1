"""Connectionist temporal classification: PyTorch's mean divides by the lengths of the labels first."""

import numpy as np

STEPS = 8
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {"weight": rng.normal(0, 0.7, (4, 5)), "bias": np.zeros(5)}


def batches(rng):
    while True:
        yield {
            "sounds": rng.normal(size=(3, 8, 4)),
            "letters": rng.integers(1, 5, (3, 3)),
            "lengths": np.array([3, 2, 1]),
            "times": np.array([8, 8, 6]),
        }


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        logits = batch["sounds"] @ params["weight"] + params["bias"]
        likely = functional.log_softmax(logits, dim=-1).transpose(0, 1)
        each = functional.ctc_loss(
            likely, batch["letters"], batch["times"], batch["lengths"], reduction="none"
        )
        return each.mean()

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        logits = tf.matmul(batch["sounds"], params["weight"]) + params["bias"]
        sounds = tf.cast(tf.transpose(logits, [1, 0, 2]), tf.float32)
        each = tf.nn.ctc_loss(batch["letters"], sounds, batch["lengths"], batch["times"], blank_index=0)
        return tf.cast(tf.reduce_mean(each), logits.dtype)

    return net
