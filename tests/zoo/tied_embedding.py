"""A language model whose last layer is the embedding."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch
import torch.nn.functional as F
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(12, 8)
        self.hidden = nn.Linear(8, 8)
        self.head = nn.Linear(8, 12, bias=False)
        self.head.weight = self.table.weight

    def forward(self, x):
        return self.head(torch.tanh(self.hidden(self.table(x))))


def torch_model():
    return Tied()


class KerasTied(keras.Model):
    def __init__(self):
        super().__init__()
        self.table, self.hidden = keras.layers.Embedding(12, 8), keras.layers.Dense(8, activation="tanh")

    def call(self, x):
        return tf.matmul(self.hidden(self.table(x)), self.table.embeddings, transpose_b=True)


def tensorflow_model():
    return KerasTied()


def batches(rng):
    while True:
        yield {"x": rng.integers(0, 12, (8, 6)), "y": rng.integers(0, 12, (8, 6))}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"]).flatten(0, 1), batch["y"].flatten())


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
