"""One encoder for two inputs, and two branches of one shape, used in another order."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch
import torch.nn.functional as F
from torch import nn


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(6, 8)
        self.gate, self.value = nn.Linear(8, 8), nn.Linear(8, 8)

    def forward(self, a, b):
        a, b = torch.tanh(self.encoder(a)), torch.tanh(self.encoder(b))
        return (torch.sigmoid(self.gate(a)) * self.value(b)).mean(1)


def torch_model():
    return Siamese()


class KerasSiamese(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = keras.layers.Dense(8, activation="tanh")
        self.gate, self.value = keras.layers.Dense(8, activation="sigmoid"), keras.layers.Dense(8)

    def call(self, given):
        b, a = self.encoder(given[1]), self.encoder(given[0])
        value = self.value(b)
        return tf.reduce_mean(self.gate(a) * value, 1)


def tensorflow_model():
    return KerasSiamese()


def batches(rng):
    while True:
        yield {"a": rng.normal(size=(8, 6)), "b": rng.normal(size=(8, 6)), "y": rng.normal(size=8)}


def torch_loss(model, batch):
    return F.mse_loss(model(batch["a"], batch["b"]), batch["y"])


def tensorflow_loss(model, batch):
    return tf.reduce_mean((model((batch["a"], batch["b"]), training=True) - batch["y"]) ** 2)
