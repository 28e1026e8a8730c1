"""Llama's feed-forward block: root-mean-square norm, gated by SiLU, with a residual connection."""

import numpy as np

STEPS = 10
OPTIMIZER = "adamw"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "gain": np.ones(5),
        "gate": rng.normal(0, 0.6, (5, 8)),
        "up": rng.normal(0, 0.6, (5, 8)),
        "down": rng.normal(0, 0.6, (8, 5)),
    }


def batches(rng):
    while True:
        yield {"words": rng.normal(0, 0.1, (3, 4, 5)), "wanted": rng.normal(size=(3, 4, 5))}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        normal = functional.rms_norm(batch["words"], (5,), params["gain"], eps=1e-6)
        gated = functional.silu(normal @ params["gate"]) * (normal @ params["up"])
        output = batch["words"] + gated @ params["down"]
        return functional.mse_loss(output, batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        size = tf.reduce_mean(tf.square(batch["words"]), axis=-1, keepdims=True)
        normal = batch["words"] * tf.math.rsqrt(size + 1e-6) * params["gain"]
        gated = tf.nn.silu(tf.matmul(normal, params["gate"])) * tf.matmul(normal, params["up"])
        output = batch["words"] + tf.matmul(gated, params["down"])
        return tf.reduce_mean(tf.math.squared_difference(output, batch["wanted"]))

    return net
