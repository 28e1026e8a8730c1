"""A dense layer and a root-mean-square norm written by hand on one side."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch
import torch.nn.functional as F
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(size) + 0.5)

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(9, 7) * 0.3)
        self.norm = RMSNorm(9)
        self.out = nn.Linear(9, 3)

    def forward(self, x):
        return self.out(self.norm(F.linear(x, self.w)))


def torch_model():
    return Net()


def tensorflow_model():
    return keras.Sequential(
        [
            keras.layers.Dense(9, use_bias=False),
            keras.layers.RMSNormalization(epsilon=1e-6),
            keras.layers.Dense(3),
        ]
    )


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(16, 7)), "y": rng.integers(0, 3, 16)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"]), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
