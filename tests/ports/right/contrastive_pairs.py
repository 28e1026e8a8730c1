"""CLIP's contrastive loss in both directions, with a learned temperature."""

import numpy as np

STEPS = 12
OPTIMIZER = "adamw"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "image": rng.normal(0, 0.5, (5, 4)),
        "text": rng.normal(0, 0.5, (3, 4)),
        "scale": np.array(1.5),
    }


def batches(rng):
    while True:
        images = rng.normal(size=(6, 5))
        yield {"images": images, "texts": images[:, :3] + rng.normal(0, 0.3, (6, 3))}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        image = functional.normalize(batch["images"] @ params["image"], dim=1)
        text = functional.normalize(batch["texts"] @ params["text"], dim=1)
        logits = params["scale"].exp() * image @ text.T
        classes = torch.arange(6)
        there = functional.cross_entropy(logits, classes)
        back = functional.cross_entropy(logits.T, classes)
        return (there + back) / 2

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        image = tf.math.l2_normalize(batch["images"] @ params["image"], axis=1)
        text = tf.math.l2_normalize(batch["texts"] @ params["text"], axis=1)
        logits = tf.exp(params["scale"]) * tf.matmul(image, text, transpose_b=True)
        right = tf.linalg.diag_part(logits)
        there = tf.reduce_mean(tf.reduce_logsumexp(logits, axis=1) - right)
        back = tf.reduce_mean(tf.reduce_logsumexp(logits, axis=0) - right)
        return (there + back) / 2

    return net
