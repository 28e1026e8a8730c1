"""A GRU cell in a loop of one's own."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


class Loop(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(4, 6)
        self.out = nn.Linear(6, 3)

    def forward(self, x):
        state = x.new_zeros(x.shape[0], 6)
        for step in x.unbind(1):
            state = self.cell(step, state)
        return self.out(state)


def torch_model():
    return Loop()


def tensorflow_model():
    return keras.Sequential([keras.layers.RNN(keras.layers.GRUCell(6)), keras.layers.Dense(3)])


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(8, 5, 4)), "y": rng.integers(0, 3, 8)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"]), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
