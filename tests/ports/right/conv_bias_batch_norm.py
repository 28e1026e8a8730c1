"""A convolution whose bias the batch norm behind it takes away, with Keras's epsilon of 1e-3."""

import numpy as np

STEPS = 15
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "kernel": rng.normal(0, 0.1, (3, 3, 2, 4)),
        "bias": rng.normal(0, 0.1, 4),
        "gamma": rng.uniform(0.5, 1.5, 4),
        "beta": np.zeros(4),
        "head": rng.normal(0, 0.5, (4, 3)),
    }


def batches(rng):
    while True:
        yield {"images": rng.normal(size=(4, 6, 6, 2)), "classes": rng.integers(0, 3, 4)}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        images = batch["images"].permute(0, 3, 1, 2)
        kernel = params["kernel"].permute(3, 2, 0, 1)
        seen = functional.conv2d(images, kernel, params["bias"], padding="same")
        seen = functional.batch_norm(seen, None, None, params["gamma"], params["beta"], True, eps=1e-3)
        seen = torch.relu(seen)
        logits = seen.mean(dim=(2, 3)) @ params["head"]
        return functional.cross_entropy(logits, batch["classes"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        seen = tf.nn.conv2d(batch["images"], params["kernel"], strides=1, padding="SAME")
        seen = tf.nn.bias_add(seen, params["bias"])
        mean, variance = tf.nn.moments(seen, axes=[0, 1, 2])
        seen = tf.nn.batch_normalization(seen, mean, variance, params["beta"], params["gamma"], 1e-3)
        seen = tf.nn.relu(seen)
        logits = tf.reduce_mean(seen, axis=[1, 2]) @ params["head"]
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=batch["classes"], logits=logits)
        return tf.reduce_mean(each)

    return net
