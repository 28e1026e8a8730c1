"""An embedding whose padding row is read but never trained, as PyTorch's `padding_idx` has it."""

STEPS = 12
OPTIMIZER = "adam"
LEARNING_RATE = 0.02


def parameters(rng):
    return {"table": rng.normal(0, 0.5, (8, 4)), "head": rng.normal(0, 0.5, (4, 2))}


def batches(rng):
    while True:
        yield {"words": rng.integers(0, 8, (6, 5)), "classes": rng.integers(0, 2, 6)}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        embedded = functional.embedding(batch["words"], params["table"], padding_idx=0)
        pooled = torch.logsumexp(embedded, dim=1)
        return functional.cross_entropy(pooled @ params["head"], batch["classes"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        embedded = tf.gather(params["table"], batch["words"])
        padding = tf.equal(batch["words"], 0)[:, :, None]
        embedded = tf.where(padding, tf.stop_gradient(embedded), embedded)
        pooled = tf.reduce_logsumexp(embedded, axis=1)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(batch["classes"], pooled @ params["head"])
        return tf.reduce_mean(each)

    return net
