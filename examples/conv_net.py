"""Whether a small noisy picture has horizontal or vertical stripes: a convolution, pooling, a linear layer.

A network of one's own, with both frameworks' nets. It shows what a port of a convolution has to mind: the
layout. The arrays are in TensorFlow's, pictures as (batch, height, width, channel) and kernels as (height,
width, in, out); PyTorch's net permutes both.

    fwtui --workload examples/conv_net.py
    fwtui parity --workload examples/conv_net.py

Parity answers *yes*.
"""

import numpy as np

# Sizes: `--size filters=16`, `--size side=16`, `--batch 128`.
FILTERS = 8
SIDE = 12
BATCH = 32

STEPS = 300
OPTIMIZER = "adam"
LEARNING_RATE = 0.01

KERNEL = 3


def parameters(rng):
    return {
        "kernel": rng.normal(0, 1 / KERNEL, (KERNEL, KERNEL, 1, FILTERS)),
        "bias": np.zeros(FILTERS),
        "weights": rng.normal(0, 1 / np.sqrt(FILTERS), (FILTERS, 2)),
        "offset": np.zeros(2),
    }


def batches(rng):
    while True:
        yield pictures(rng, BATCH)


def held_out(rng):
    return pictures(np.random.default_rng(12345), 400)


def pictures(rng, count):
    """`pictures` (count, SIDE, SIDE, 1), and `vertical` (count,), 1 where the stripes are vertical."""
    vertical = rng.integers(0, 2, count)
    phase = rng.uniform(0, 2 * np.pi, count)
    wave = np.sin(1.5 * np.arange(SIDE) + phase[:, None])
    stripes = np.where(vertical[:, None, None] == 1, wave[:, None, :], wave[:, :, None])
    noisy = stripes + rng.normal(0, 1, (count, SIDE, SIDE))
    return {"pictures": noisy[..., None], "vertical": vertical}


def torch_loss():
    import torch.nn.functional as F

    def net(params, batch):
        pictures = batch["pictures"].permute(0, 3, 1, 2)
        kernel = params["kernel"].permute(3, 2, 0, 1)
        found = F.relu(F.conv2d(pictures, kernel, params["bias"], padding="same"))
        logits = found.mean(dim=(2, 3)) @ params["weights"] + params["offset"]
        right = logits.argmax(dim=1) == batch["vertical"]
        return {"loss": F.cross_entropy(logits, batch["vertical"]), "accuracy": right.to(logits.dtype).mean()}

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        convolved = tf.nn.conv2d(batch["pictures"], params["kernel"], strides=1, padding="SAME")
        found = tf.nn.relu(convolved + params["bias"])
        logits = tf.reduce_mean(found, axis=[1, 2]) @ params["weights"] + params["offset"]
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=batch["vertical"], logits=logits)
        right = tf.equal(tf.argmax(logits, axis=1), batch["vertical"])
        return {"loss": tf.reduce_mean(each), "accuracy": tf.reduce_mean(tf.cast(right, logits.dtype))}

    return net
