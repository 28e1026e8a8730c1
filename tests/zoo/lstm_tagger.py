"""A bidirectional LSTM that tags each word."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(20, 6)
        self.lstm = nn.LSTM(6, 5, bidirectional=True, batch_first=True)
        self.out = nn.Linear(10, 4)

    def forward(self, x):
        return self.out(self.lstm(self.table(x))[0])


def torch_model():
    return Tagger()


def tensorflow_model():
    return keras.Sequential(
        [
            keras.layers.Embedding(20, 6),
            keras.layers.Bidirectional(keras.layers.LSTM(5, return_sequences=True)),
            keras.layers.Dense(4),
        ]
    )


def batches(rng):
    while True:
        yield {"x": rng.integers(0, 20, (8, 9)), "y": rng.integers(0, 4, (8, 9))}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"]).flatten(0, 1), batch["y"].flatten())


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)


EXPECT = ("lstm-bias",)
