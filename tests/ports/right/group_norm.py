"""Group norm over channels that lie last in TensorFlow, with learned scales."""

import numpy as np

STEPS = 8
OPTIMIZER = "adamw"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "kernel": rng.normal(0, 0.4, (3, 3, 2, 6)),
        "gamma": rng.uniform(0.5, 1.5, 6),
        "beta": np.zeros(6),
        "head": rng.normal(0, 0.4, (6, 1)),
    }


def batches(rng):
    while True:
        yield {"images": rng.normal(size=(3, 4, 4, 2)), "wanted": rng.normal(size=(3, 1))}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        images = batch["images"].permute(0, 3, 1, 2)
        seen = functional.conv2d(images, params["kernel"].permute(3, 2, 0, 1), padding=1)
        seen = functional.group_norm(seen, 3, params["gamma"], params["beta"], eps=1e-3)
        seen = functional.softplus(seen)
        output = seen.mean(dim=(2, 3)) @ params["head"]
        return functional.mse_loss(output, batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        seen = tf.nn.conv2d(batch["images"], params["kernel"], strides=1, padding="SAME")
        groups = tf.reshape(seen, [-1, 4, 4, 3, 2])
        mean, variance = tf.nn.moments(groups, axes=[1, 2, 4], keepdims=True)
        normal = tf.reshape((groups - mean) / tf.sqrt(variance + 1e-3), [-1, 4, 4, 6])
        seen = normal * params["gamma"] + params["beta"]
        seen = tf.nn.softplus(seen)
        output = tf.reduce_mean(seen, axis=[1, 2]) @ params["head"]
        return tf.reduce_mean(tf.math.squared_difference(output, batch["wanted"]))

    return net
