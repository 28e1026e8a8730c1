"""Layer, group and instance norm."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


def torch_model():
    return nn.Sequential(
        nn.Conv2d(3, 6, 3),
        nn.GroupNorm(2, 6, eps=1e-3),
        nn.ReLU(),
        nn.Conv2d(6, 6, 3),
        nn.InstanceNorm2d(6, affine=True, eps=1e-3),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.LayerNorm(6, eps=1e-3),
        nn.Linear(6, 3),
    )


def tensorflow_model():
    return keras.Sequential(
        [
            keras.layers.Conv2D(6, 3),
            keras.layers.GroupNormalization(2),
            keras.layers.ReLU(),
            keras.layers.Conv2D(6, 3),
            keras.layers.GroupNormalization(-1),
            keras.layers.ReLU(),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.LayerNormalization(),
            keras.layers.Dense(3),
        ]
    )


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(8, 9, 9, 3)), "y": rng.integers(0, 3, 8)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"].permute(0, 3, 1, 2)), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
