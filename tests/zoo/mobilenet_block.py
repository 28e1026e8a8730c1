"""Depthwise and pointwise convolutions with ReLU6."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.expand = nn.Conv2d(6, 12, 1, bias=False)
        self.expand_norm = nn.GroupNorm(1, 12, eps=1e-3)
        self.depthwise = nn.Conv2d(12, 12, 3, padding=1, groups=12, bias=False)
        self.project = nn.Conv2d(12, 6, 1, bias=False)
        self.head = nn.Linear(6, 4)

    def forward(self, x):
        h = F.relu6(self.expand_norm(self.expand(x)))
        h = self.project(F.relu6(self.depthwise(h)))
        return self.head((x + h).mean((2, 3)))


def torch_model():
    return Block()


def tensorflow_model():
    given = keras.Input((10, 10, 6))
    h = keras.layers.Conv2D(12, 1, use_bias=False)(given)
    h = keras.layers.ReLU(6.0)(keras.layers.GroupNormalization(1)(h))
    h = keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False)(h)
    h = keras.layers.Conv2D(6, 1, use_bias=False)(keras.layers.ReLU(6.0)(h))
    h = keras.layers.GlobalAveragePooling2D()(keras.layers.Add()([given, h]))
    return keras.Model(given, keras.layers.Dense(4)(h))


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(8, 10, 10, 6)), "y": rng.integers(0, 4, 8)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"].permute(0, 3, 1, 2)), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
