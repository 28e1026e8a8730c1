"""Residual blocks scaled by 0.1, which each side holds as a float32 tensor or a Python number."""

STEPS = 14
OPTIMIZER = "rmsprop"
LEARNING_RATE = 0.003


def parameters(rng):
    return {name: rng.normal(0, 0.7, (5, 5)) for name in ("first", "second", "head")}


def batches(rng):
    while True:
        points = rng.normal(size=(7, 5))
        yield {"points": points, "wanted": points[:, ::-1] ** 2}


def torch_loss():
    import torch
    from torch.nn import functional

    scale = torch.tensor(0.1)

    def net(params, batch):
        hidden = batch["points"]
        hidden = hidden + scale.to(hidden.dtype) * functional.elu(hidden @ params["first"])
        hidden = hidden + 0.1 * functional.elu(hidden @ params["second"])
        output = hidden @ params["head"]
        return functional.l1_loss(output, batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    scale = tf.constant(0.1)

    def net(params, batch):
        hidden = batch["points"]
        hidden = hidden + 0.1 * tf.nn.elu(hidden @ params["first"])
        hidden = hidden + tf.cast(scale, hidden.dtype) * tf.nn.elu(hidden @ params["second"])
        output = hidden @ params["head"]
        return tf.reduce_mean(tf.abs(output - batch["wanted"]))

    return net
