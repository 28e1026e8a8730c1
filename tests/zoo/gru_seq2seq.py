"""An encoder and a decoder of GRUs, the one's state given to the other."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


class Seq2seq(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(15, 6), nn.Embedding(15, 6)
        self.encoder = nn.GRU(6, 7, batch_first=True)
        self.decoder = nn.GRU(6, 7, batch_first=True)
        self.out = nn.Linear(7, 15)

    def forward(self, x, y):
        _, state = self.encoder(self.source(x))
        h, _ = self.decoder(self.target(y), state)
        return self.out(h)


def torch_model():
    return Seq2seq()


class KerasSeq2seq(keras.Model):
    def __init__(self):
        super().__init__()
        self.decoder_table = keras.layers.Embedding(15, 6)
        self.encoder_table = keras.layers.Embedding(15, 6)
        self.decoder = keras.layers.GRU(7, return_sequences=True)
        self.encoder = keras.layers.GRU(7)
        self.out = keras.layers.Dense(15)

    def call(self, given):
        x, y = given
        state = self.encoder(self.encoder_table(x))
        return self.out(self.decoder(self.decoder_table(y), initial_state=state))


def tensorflow_model():
    return KerasSeq2seq()


def batches(rng):
    while True:
        yield {"x": rng.integers(0, 15, (6, 8)), "y": rng.integers(0, 15, (6, 5))}


def torch_loss(model, batch):
    logits = model(batch["x"], batch["y"][:, :-1])
    return F.cross_entropy(logits.flatten(0, 1), batch["y"][:, 1:].flatten())


def tensorflow_loss(model, batch):
    logits = model((batch["x"], batch["y"][:, :-1]), training=True)
    return tf.reduce_mean(
        keras.losses.sparse_categorical_crossentropy(batch["y"][:, 1:], logits, from_logits=True)
    )
