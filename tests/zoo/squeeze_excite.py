"""EfficientNet's squeeze and excitation."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch
import torch.nn.functional as F
from torch import nn


class SqueezeExcite(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3)
        self.reduce, self.expand = nn.Conv2d(8, 2, 1), nn.Conv2d(2, 8, 1)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        h = F.silu(self.stem(x))
        scale = self.expand(F.silu(self.reduce(h.mean((2, 3), keepdim=True))))
        return self.head((h * torch.sigmoid(scale)).mean((2, 3)))


def torch_model():
    return SqueezeExcite()


def tensorflow_model():
    given = keras.Input((9, 9, 3))
    h = keras.layers.Conv2D(8, 3, activation="silu")(given)
    scale = keras.layers.GlobalAveragePooling2D()(h)
    scale = keras.layers.Dense(2, activation="silu")(scale)
    scale = keras.layers.Reshape((1, 1, 8))(keras.layers.Dense(8, activation="sigmoid")(scale))
    h = keras.layers.GlobalAveragePooling2D()(keras.layers.Multiply()([h, scale]))
    return keras.Model(given, keras.layers.Dense(4)(h))


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(8, 9, 9, 3)), "y": rng.integers(0, 4, 8)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"].permute(0, 3, 1, 2)), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
