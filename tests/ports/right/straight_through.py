"""A layer of binary codes, whose gradient goes straight through the sign."""

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {"encoder": rng.normal(0, 0.6, (6, 4)), "decoder": rng.normal(0, 0.6, (4, 6))}


def batches(rng):
    while True:
        yield {"points": rng.normal(size=(8, 6))}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        soft = torch.tanh(batch["points"] @ params["encoder"])
        code = soft + (torch.sign(soft) - soft).detach()
        return functional.mse_loss(code @ params["decoder"], batch["points"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        soft = tf.tanh(batch["points"] @ params["encoder"])
        code = soft + tf.stop_gradient(tf.sign(soft) - soft)
        return tf.reduce_mean(tf.math.squared_difference(code @ params["decoder"], batch["points"]))

    return net
