"""The entropy of sparse shares, with a logarithm that is safe in both directions where a share is 0."""

STEPS = 10
OPTIMIZER = "momentum"
LEARNING_RATE = 0.02


def parameters(rng):
    return {"weight": rng.normal(0, 0.7, (4, 6))}


def batches(rng):
    while True:
        yield {"points": rng.normal(size=(7, 4)), "wanted": rng.uniform(0.5, 1.5, 7)}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        amounts = torch.relu(batch["points"] @ params["weight"])
        shares = amounts / (amounts.sum(dim=1, keepdim=True) + 1e-3)
        safe = torch.where(shares > 0, shares, 1)
        entropy = -(shares * torch.log(safe)).sum(dim=1)
        return functional.mse_loss(entropy, batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        amounts = tf.nn.relu(batch["points"] @ params["weight"])
        shares = amounts / (tf.reduce_sum(amounts, axis=1, keepdims=True) + 1e-3)
        safe = tf.where(shares > 0, shares, tf.ones_like(shares))
        entropy = -tf.reduce_sum(shares * tf.math.log(safe), axis=1)
        return tf.reduce_mean(tf.math.squared_difference(entropy, batch["wanted"]))

    return net
