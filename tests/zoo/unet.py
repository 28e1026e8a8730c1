"""A small U-Net with transposed convolutions and skipped connections."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch
import torch.nn.functional as F
from torch import nn


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1 = nn.Conv2d(1, 4, 3, padding=1)
        self.down2 = nn.Conv2d(4, 8, 3, padding=1)
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.merge = nn.Conv2d(8, 4, 3, padding=1)
        self.out = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        first = F.relu(self.down1(x))
        second = F.relu(self.down2(F.max_pool2d(first, 2)))
        return self.out(F.relu(self.merge(torch.cat([first, self.up(second)], 1))))


def torch_model():
    return UNet()


def tensorflow_model():
    given = keras.Input((8, 8, 1))
    first = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(given)
    second = keras.layers.MaxPooling2D(2)(first)
    second = keras.layers.Conv2D(8, 3, padding="same", activation="relu")(second)
    up = keras.layers.Conv2DTranspose(4, 2, strides=2)(second)
    merged = keras.layers.Concatenate()([first, up])
    merged = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(merged)
    return keras.Model(given, keras.layers.Conv2D(2, 1)(merged))


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(4, 8, 8, 1)), "y": rng.integers(0, 2, (4, 8, 8))}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"].permute(0, 3, 1, 2)), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
