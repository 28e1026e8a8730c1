"""One-dimensional convolutions: strided, dilated, and a global average."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


def torch_model():
    return nn.Sequential(
        nn.Conv1d(4, 8, 5, stride=2),
        nn.ELU(),
        nn.Conv1d(8, 8, 3, dilation=2),
        nn.ELU(),
        nn.AdaptiveAvgPool1d(1),
        nn.Flatten(),
        nn.Linear(8, 3),
    )


def tensorflow_model():
    return keras.Sequential(
        [
            keras.layers.Conv1D(8, 5, strides=2, activation="elu"),
            keras.layers.Conv1D(8, 3, dilation_rate=2, activation="elu"),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(3),
        ]
    )


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(8, 24, 4)), "y": rng.integers(0, 3, 8)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"].transpose(1, 2)), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
