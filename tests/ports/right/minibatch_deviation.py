"""StyleGAN's deviation within the minibatch as one more feature; TensorFlow's is the biased one."""

STEPS = 9
OPTIMIZER = "sgd"
LEARNING_RATE = 0.05


def parameters(rng):
    return {"weight": rng.normal(0, 0.6, (4, 5)), "head": rng.normal(0, 0.6, (6, 1))}


def batches(rng):
    while True:
        yield {"points": rng.normal(size=(6, 4)), "labels": rng.integers(0, 2, (6, 1)) * 1.0}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        hidden = torch.tanh(batch["points"] @ params["weight"])
        deviation = hidden.std(dim=0, correction=0).mean()
        features = torch.cat([hidden, deviation.expand(6, 1)], dim=1)
        return functional.soft_margin_loss(features @ params["head"], 2 * batch["labels"] - 1)

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        hidden = tf.tanh(batch["points"] @ params["weight"])
        deviation = tf.reduce_mean(tf.math.reduce_std(hidden, axis=0))
        features = tf.concat([hidden, tf.fill([6, 1], deviation)], axis=1)
        signs = 2 * batch["labels"] - 1
        return tf.reduce_mean(tf.math.softplus(-signs * (features @ params["head"])))

    return net
