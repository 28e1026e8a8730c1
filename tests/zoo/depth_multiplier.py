"""A depthwise convolution that makes three channels of each."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


def torch_model():
    return nn.Sequential(
        nn.Conv2d(2, 6, 3, groups=2, bias=False), nn.Conv2d(6, 4, 1), nn.Flatten(), nn.Linear(4 * 36, 3)
    )


def tensorflow_model():
    return keras.Sequential(
        [
            keras.layers.SeparableConv2D(4, 3, depth_multiplier=3, use_bias=True),
            keras.layers.Flatten(),
            keras.layers.Dense(3),
        ]
    )


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(8, 8, 8, 2)), "y": rng.integers(0, 3, 8)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"].permute(0, 3, 1, 2)), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
