"""Queries, keys and values of one packed dense layer, as GPT-2 has, against Keras's attention."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.c_attn, self.c_proj = nn.Linear(8, 24), nn.Linear(8, 8)
        self.out = nn.Linear(8, 5)

    def forward(self, x):
        n, steps, size = x.shape
        q, k, v = (one.view(n, steps, 2, 4).transpose(1, 2) for one in self.c_attn(x).split(size, dim=2))
        h = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(x + self.c_proj(h.transpose(1, 2).reshape(n, steps, size)))


def torch_model():
    return Attention()


class KerasAttention(keras.Model):
    def __init__(self):
        super().__init__()
        self.attention, self.out = keras.layers.MultiHeadAttention(2, 4), keras.layers.Dense(5)

    def call(self, x):
        return self.out(x + self.attention(x, x, use_causal_mask=True))


def tensorflow_model():
    return KerasAttention()


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(6, 5, 8)), "y": rng.integers(0, 5, (6, 5))}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"]).flatten(0, 1), batch["y"].flatten())


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
