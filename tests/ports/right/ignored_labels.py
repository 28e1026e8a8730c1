"""A tagger that skips the labels of -100, and the perplexity that it reaches."""

import numpy as np

STEPS = 12
OPTIMIZER = "adamw"
LEARNING_RATE = 0.01


def parameters(rng):
    return {"table": rng.normal(0, 0.7, (10, 5)), "head": rng.normal(0, 0.7, (5, 4))}


def batches(rng):
    while True:
        tags = rng.integers(0, 4, (4, 6))
        tags = np.where(rng.uniform(size=(4, 6)) < 0.3, -100, tags)
        yield {"words": rng.integers(0, 10, (4, 6)), "tags": tags}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        logits = functional.embedding(batch["words"], params["table"]) @ params["head"]
        loss = functional.cross_entropy(logits.flatten(0, 1), batch["tags"].flatten(), ignore_index=-100)
        return {"loss": loss, "perplexity": loss.exp()}

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        logits = tf.matmul(tf.gather(params["table"], batch["words"]), params["head"])
        counted = tf.not_equal(batch["tags"], -100)
        tags = tf.where(counted, batch["tags"], 0)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tags, logits=logits)
        each = tf.where(counted, each, 0)
        loss = tf.reduce_sum(each) / tf.reduce_sum(tf.cast(counted, each.dtype))
        return {"loss": loss, "perplexity": tf.exp(loss)}

    return net
