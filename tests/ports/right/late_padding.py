"""A mean over real words only, in data whose sequences are all full before step 15."""

import numpy as np

STEPS = 20
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {"table": rng.normal(0, 0.5, (12, 4)), "head": rng.normal(0, 0.5, (4, 3))}


def batches(rng):
    step = 0
    while True:
        lengths = np.full(6, 5) if step < 15 else rng.integers(1, 5, 6)
        words = np.where(np.arange(5) < lengths[:, None], rng.integers(1, 12, (6, 5)), 0)
        yield {"words": words, "classes": rng.integers(0, 3, 6)}
        step += 1


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        real = (batch["words"] != 0).unsqueeze(-1).to(params["table"].dtype)
        embedded = functional.embedding(batch["words"], params["table"])
        total = (embedded * real).sum(dim=1)
        mean = total / real.sum(dim=1)
        return functional.cross_entropy(mean @ params["head"], batch["classes"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        real = tf.cast(tf.not_equal(batch["words"], 0), params["table"].dtype)[:, :, None]
        embedded = tf.nn.embedding_lookup(params["table"], batch["words"])
        total = tf.reduce_sum(embedded * real, axis=1)
        mean = total / tf.reduce_sum(real, axis=1)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(batch["classes"], mean @ params["head"])
        return tf.reduce_mean(each)

    return net
