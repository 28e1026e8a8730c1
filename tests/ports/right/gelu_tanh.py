"""GPT-2's GELU by tanh, PyTorch's op against the formula by hand."""

import numpy as np

STEPS = 10
OPTIMIZER = "sgd"
LEARNING_RATE = 0.1


def parameters(rng):
    return {
        "weight": rng.normal(0, 0.3, (3, 7)),
        "bias": np.full(7, -2.0),
        "head": rng.normal(0.5, 0.5, (7, 1)),
    }


def batches(rng):
    while True:
        points = rng.normal(size=(10, 3))
        yield {"points": points, "wanted": 0.1 * np.tanh(points[:, :1])}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        hidden = batch["points"] @ params["weight"] + params["bias"]
        hidden = functional.gelu(hidden, approximate="tanh")
        return functional.mse_loss(hidden @ params["head"], batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        hidden = batch["points"] @ params["weight"] + params["bias"]
        inner = np.sqrt(2 / np.pi) * (hidden + 0.044715 * hidden**3)
        hidden = 0.5 * hidden * (1 + tf.tanh(inner))
        return tf.reduce_mean(tf.math.squared_difference(hidden @ params["head"], batch["wanted"]))

    return net
