"""A three-dimensional convolution."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


def torch_model():
    return nn.Sequential(
        nn.Conv3d(2, 5, 3), nn.ReLU(), nn.Conv3d(5, 5, 2, stride=2), nn.Flatten(), nn.Linear(5 * 8, 3)
    )


def tensorflow_model():
    return keras.Sequential(
        [
            keras.layers.Conv3D(5, 3, activation="relu"),
            keras.layers.Conv3D(5, 2, strides=2),
            keras.layers.Flatten(),
            keras.layers.Dense(3),
        ]
    )


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(6, 6, 6, 6, 2)), "y": rng.integers(0, 3, 6)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"].permute(0, 4, 1, 2, 3)), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
