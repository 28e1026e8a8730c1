"""A residual block with batch norm and a projected shortcut."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(6, eps=1e-3, momentum=0.01)
        self.conv2 = nn.Conv2d(6, 6, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(6, eps=1e-3, momentum=0.01)
        self.shortcut = nn.Sequential(
            nn.Conv2d(3, 6, 1, bias=False), nn.BatchNorm2d(6, eps=1e-3, momentum=0.01)
        )
        self.fc = nn.Linear(6, 4)

    def forward(self, x):
        h = F.relu(self.bn1(self.conv1(x)))
        h = F.relu(self.bn2(self.conv2(h)) + self.shortcut(x))
        return self.fc(h.mean((2, 3)))


def torch_model():
    return Block()


def tensorflow_model():
    given = keras.Input((8, 8, 3))
    short = keras.layers.BatchNormalization()(keras.layers.Conv2D(6, 1, use_bias=False)(given))
    h = keras.layers.Conv2D(6, 3, padding="same", use_bias=False)(given)
    h = keras.layers.ReLU()(keras.layers.BatchNormalization()(h))
    h = keras.layers.Conv2D(6, 3, padding="same", use_bias=False)(h)
    h = keras.layers.BatchNormalization()(h)
    h = keras.layers.ReLU()(keras.layers.Add()([h, short]))
    return keras.Model(given, keras.layers.Dense(4)(keras.layers.GlobalAveragePooling2D()(h)))


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(8, 8, 8, 3)), "y": rng.integers(0, 4, 8)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"].permute(0, 3, 1, 2)), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)


EXPECT = ("batchnorm-variance",)
