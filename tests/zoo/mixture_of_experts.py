"""Experts of one shape behind a gate, and one that is not used."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch
import torch.nn.functional as F
from torch import nn


class Experts(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(6, 3)
        self.experts = nn.ModuleList(nn.Linear(6, 4) for _ in range(3))
        self.spare = nn.Linear(6, 4)

    def forward(self, x):
        weights = torch.softmax(self.gate(x), -1)
        return sum(weights[:, i, None] * torch.tanh(e(x)) for i, e in enumerate(self.experts))


def torch_model():
    return Experts()


class KerasExperts(keras.Model):
    def __init__(self):
        super().__init__()
        self.experts = [keras.layers.Dense(4, activation="tanh") for _ in range(3)]
        self.gate = keras.layers.Dense(3, activation="softmax")

    def call(self, x):
        made = tf.stack([expert(x) for expert in reversed(self.experts)], 1)
        return tf.reduce_sum(self.gate(x)[:, ::-1, None] * made, 1)


def tensorflow_model():
    return KerasExperts()


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(16, 6)), "y": rng.integers(0, 4, 16)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"]), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
