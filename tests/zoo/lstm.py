"""Two LSTM layers; the last step is classified."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(20, 6)
        self.lstm = nn.LSTM(6, 6, num_layers=2, batch_first=True)
        self.out = nn.Linear(6, 4)

    def forward(self, x):
        h, _ = self.lstm(self.table(x))
        return self.out(h[:, -1])


def torch_model():
    return Reader()


def tensorflow_model():
    return keras.Sequential(
        [
            keras.layers.Embedding(20, 6),
            keras.layers.LSTM(6, return_sequences=True),
            keras.layers.LSTM(6),
            keras.layers.Dense(4),
        ]
    )


def batches(rng):
    while True:
        yield {"x": rng.integers(0, 20, (8, 9)), "y": rng.integers(0, 4, 8)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"]), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)


EXPECT = ("lstm-bias",)
