"""Projections as dense layers of one's own, keys before queries on one side."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(8, 8, bias=False) for _ in range(4))

    def forward(self, x):
        q, k, v = self.q(x), self.k(x), self.v(x)
        weights = torch.softmax(q @ k.transpose(1, 2) / 8**0.5, -1)
        return self.o(weights @ v).mean(1)


def torch_model():
    return Attention()


class KerasAttention(keras.Model):
    def __init__(self):
        super().__init__()
        self.v, self.k, self.q, self.o = (keras.layers.Dense(8, use_bias=False) for _ in range(4))

    def call(self, x):
        v, k, q = self.v(x), self.k(x), self.q(x)
        weights = tf.nn.softmax(tf.matmul(q, k, transpose_b=True) / 8**0.5)
        return tf.reduce_mean(self.o(tf.matmul(weights, v)), 1)


def tensorflow_model():
    return KerasAttention()


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(6, 5, 8)), "y": rng.integers(0, 8, 6)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"]), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
