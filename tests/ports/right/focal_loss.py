"""The focal loss, from logits in PyTorch and from probabilities in TensorFlow."""

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {"hidden": rng.normal(0, 0.5, (4, 6)), "head": rng.normal(0, 0.5, (6, 1))}


def batches(rng):
    while True:
        points = rng.normal(size=(16, 4))
        yield {"points": points, "labels": (points[:, 0] > 1) * 1.0}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        labels = batch["labels"]
        logits = (torch.tanh(batch["points"] @ params["hidden"]) @ params["head"]).squeeze(1)
        entropy = functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")
        sure = torch.exp(-entropy)
        balance = 0.25 * labels + 0.75 * (1 - labels)
        focus = (1 - sure) ** 2
        return (balance * focus * entropy).sum() / len(labels)

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        labels = batch["labels"]
        probability = tf.sigmoid(tf.squeeze(tf.tanh(batch["points"] @ params["hidden"]) @ params["head"], 1))
        sure = tf.where(labels > 0.5, probability, 1 - probability)
        entropy = -tf.math.log(sure)
        balance = tf.where(labels > 0.5, tf.cast(0.25, sure.dtype), tf.cast(0.75, sure.dtype))
        focus = (1 - sure) ** 2
        return tf.reduce_mean(balance * focus * entropy)

    return net
