"""A convolution in groups, as ResNeXt has."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


def torch_model():
    return nn.Sequential(
        nn.Conv2d(4, 8, 3, groups=2), nn.GELU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3)
    )


def tensorflow_model():
    return keras.Sequential(
        [
            keras.layers.Conv2D(8, 3, groups=2),
            keras.layers.Activation(lambda x: keras.activations.gelu(x, approximate=False)),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(3),
        ]
    )


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(8, 9, 9, 4)), "y": rng.integers(0, 3, 8)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"].permute(0, 3, 1, 2)), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
