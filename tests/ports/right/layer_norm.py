"""Layer norm, PyTorch's op against one by hand; the offset before it has a gradient of zero."""

import numpy as np

STEPS = 20
OPTIMIZER = "rmsprop"
LEARNING_RATE = 0.003


def parameters(rng):
    return {
        "weight": rng.normal(0, 0.1, (4, 8)),
        "offset": np.full(1, 0.3),
        "gamma": np.ones(8),
        "beta": np.zeros(8),
        "head": rng.normal(0, 0.5, (8, 2)),
    }


def batches(rng):
    while True:
        yield {"series": rng.normal(size=(3, 5, 4)), "wanted": rng.normal(size=(3, 5, 2))}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        hidden = batch["series"] @ params["weight"] + params["offset"]
        normal = functional.layer_norm(hidden, (8,), params["gamma"], params["beta"], eps=1e-5)
        output = functional.elu(normal) @ params["head"]
        return functional.mse_loss(output, batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        hidden = batch["series"] @ params["weight"] + params["offset"]
        mean = tf.reduce_mean(hidden, axis=-1, keepdims=True)
        variance = tf.reduce_mean(tf.square(hidden - mean), axis=-1, keepdims=True)
        normal = (hidden - mean) * tf.math.rsqrt(variance + 1e-5)
        normal = normal * params["gamma"] + params["beta"]
        output = tf.nn.elu(normal) @ params["head"]
        return tf.reduce_mean(tf.math.squared_difference(output, batch["wanted"]))

    return net
