"""Many labels at once with weighted positives, and how many labels are told right."""

import numpy as np

STEPS = 10
OPTIMIZER = "momentum"
LEARNING_RATE = 0.05


def parameters(rng):
    return {"weight": rng.normal(0, 0.8, (5, 4)), "bias": np.zeros(4)}


def batches(rng):
    while True:
        points = rng.normal(size=(12, 5))
        yield {"points": points, "labels": (points[:, :4] > 0.8) * 1.0}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        logits = batch["points"] @ params["weight"] + params["bias"]
        positive = logits.new_full((4,), 3.0)
        loss = functional.binary_cross_entropy_with_logits(logits, batch["labels"], pos_weight=positive)
        right = (logits > 0) == (batch["labels"] > 0.5)
        return {"loss": loss, "accuracy": right.to(logits.dtype).mean()}

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        logits = batch["points"] @ params["weight"] + params["bias"]
        each = tf.nn.weighted_cross_entropy_with_logits(batch["labels"], logits, pos_weight=3.0)
        right = tf.equal(logits > 0, batch["labels"] > 0.5)
        return {"loss": tf.reduce_mean(each), "accuracy": tf.reduce_mean(tf.cast(right, logits.dtype))}

    return net
