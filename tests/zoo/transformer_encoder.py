"""An encoder layer with dropout, and with its own attention on either side."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch
import torch.nn.functional as F
from torch import nn


def torch_model():
    return Encoder()


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(20, 8)
        self.positions = nn.Parameter(torch.randn(6, 8) * 0.1)
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.1, batch_first=True, norm_first=True)
        self.norm = nn.LayerNorm(8)
        self.out = nn.Linear(8, 5)

    def forward(self, x):
        return self.out(self.norm(self.layer(self.table(x) + self.positions)))


class Positions(keras.layers.Layer):
    def build(self, shape):
        self.positions = self.add_weight(shape=shape[1:], initializer="random_normal", name="positions")

    def call(self, x):
        return x + self.positions


class KerasEncoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.table = keras.layers.Embedding(20, 8)
        self.positions = Positions()
        self.before, self.between, self.last = (
            keras.layers.LayerNormalization(epsilon=1e-5) for _ in range(3)
        )
        self.attention = keras.layers.MultiHeadAttention(2, 4, dropout=0.1)
        self.drop = keras.layers.Dropout(0.1)
        self.wide, self.narrow = keras.layers.Dense(16, activation="relu"), keras.layers.Dense(8)
        self.out = keras.layers.Dense(5)

    def call(self, x):
        x = self.positions(self.table(x))
        h = self.before(x)
        x = x + self.drop(self.attention(h, h))
        x = x + self.drop(self.narrow(self.drop(self.wide(self.between(x)))))
        return self.out(self.last(x))


def tensorflow_model():
    return KerasEncoder()


def batches(rng):
    while True:
        yield {"x": rng.integers(0, 20, (8, 6)), "y": rng.integers(0, 5, (8, 6))}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"]).flatten(0, 1), batch["y"].flatten())


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
