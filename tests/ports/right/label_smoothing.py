"""Cross entropy with smoothed labels, PyTorch's option against the targets by hand."""

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01
CLASSES = 5


def parameters(rng):
    return {"weight": rng.normal(0, 0.5, (4, CLASSES)), "bias": rng.normal(0, 0.1, CLASSES)}


def batches(rng):
    while True:
        yield {"points": rng.normal(size=(8, 4)), "classes": rng.integers(0, CLASSES, 8)}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        logits = batch["points"] @ params["weight"] + params["bias"]
        loss = functional.cross_entropy(logits, batch["classes"], label_smoothing=0.1)
        hits = (logits.topk(2).indices == batch["classes"][:, None]).any(dim=1)
        return {"loss": loss, "top_two": hits.to(logits.dtype).mean()}

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        logits = batch["points"] @ params["weight"] + params["bias"]
        sure = tf.one_hot(batch["classes"], CLASSES, dtype=logits.dtype)
        targets = 0.9 * sure + 0.1 / CLASSES
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=targets, logits=logits))
        hits = tf.math.in_top_k(batch["classes"], tf.cast(logits, tf.float32), k=2)
        return {"loss": loss, "top_two": tf.reduce_mean(tf.cast(hits, logits.dtype))}

    return net
