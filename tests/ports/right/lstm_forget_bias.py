"""TensorFlow 1's LSTM cell, which adds 1 to the forget gate and has the gates in an order of its own."""

STEPS = 8
OPTIMIZER = "rmsprop"
LEARNING_RATE = 0.005


def parameters(rng):
    return {
        "kernel": rng.normal(0, 0.8, (6, 16)),
        "bias": rng.normal(0, 0.1, 16),
        "head": rng.normal(0, 1, (4, 1)),
    }


def batches(rng):
    while True:
        series = rng.normal(size=(4, 5, 2))
        yield {"series": series, "wanted": series.mean(axis=(1, 2))[:, None]}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        hidden = cell = params["bias"].new_zeros(4, 4)
        for seen in batch["series"].unbind(dim=1):
            gates = torch.cat([seen, hidden], dim=1) @ params["kernel"] + params["bias"]
            take, new, keep, show = gates.chunk(4, dim=1)
            kept = torch.sigmoid(keep + 1) * cell
            cell = kept + torch.sigmoid(take) * torch.tanh(new)
            hidden = torch.sigmoid(show) * torch.tanh(cell)
        return functional.mse_loss(hidden @ params["head"], batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        hidden = cell = tf.zeros([4, 4], params["bias"].dtype)
        for seen in tf.unstack(batch["series"], axis=1):
            gates = tf.concat([seen, hidden], axis=1) @ params["kernel"] + params["bias"]
            take, new, keep, show = tf.split(gates, 4, axis=1)
            kept = tf.sigmoid(keep + 1) * cell
            cell = kept + tf.sigmoid(take) * tf.tanh(new)
            hidden = tf.sigmoid(show) * tf.tanh(cell)
        return tf.reduce_mean(tf.math.squared_difference(hidden @ params["head"], batch["wanted"]))

    return net
