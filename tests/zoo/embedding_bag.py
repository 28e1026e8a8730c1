"""Means of embeddings."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


class Bag(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(30, 8)
        self.out = nn.Linear(8, 4)

    def forward(self, x):
        return self.out(self.table(x).mean(1))


def torch_model():
    return Bag()


def tensorflow_model():
    return keras.Sequential(
        [keras.layers.Embedding(30, 8), keras.layers.GlobalAveragePooling1D(), keras.layers.Dense(4)]
    )


def batches(rng):
    while True:
        yield {"x": rng.integers(0, 30, (8, 7)), "y": rng.integers(0, 4, 8)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"]), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
