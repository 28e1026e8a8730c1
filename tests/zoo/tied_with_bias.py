"""A table that is the last kernel, too, with a bias of that layer's own; and a warm-up that is counted."""

import keras
import tensorflow as tf
import torch
from torch import nn

WORDS, WIDTH, WARM_UP = 11, 6, 20.0


def batches(rng):
    while True:
        words = rng.integers(0, WORDS, size=(8, 5))
        yield {"words": words[:, :-1], "y": words[:, 1:]}


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(WORDS, WIDTH)
        self.middle = nn.Linear(WIDTH, WIDTH)
        self.head = nn.Linear(WIDTH, WORDS)
        self.head.weight = self.table.weight
        self.count = nn.Buffer(torch.zeros(()))

    def forward(self, words):
        if self.training:
            self.count.add_(1)
        h = torch.tanh(self.middle(self.table(words)))
        return self.head(h) * torch.clamp(self.count / WARM_UP, max=1.0)


class KerasNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.table = keras.layers.Embedding(WORDS, WIDTH)
        self.middle = keras.layers.Dense(WIDTH, activation="tanh")
        self.bias = self.add_weight(shape=(WORDS,), initializer="zeros")
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, words, training=False):
        if training:
            self.count.assign_add(1.0)
        h = self.middle(self.table(words))
        logits = tf.matmul(h, self.table.embeddings, transpose_b=True) + self.bias
        return logits * tf.minimum(self.count / WARM_UP, 1.0)


def torch_model():
    return Net()


def tensorflow_model():
    return KerasNet()


def torch_loss(model, batch):
    logits = model(batch["words"])
    return nn.functional.cross_entropy(logits.reshape(-1, WORDS), batch["y"].reshape(-1))


def tensorflow_loss(model, batch):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(batch["y"], model(batch["words"]))
    return tf.reduce_mean(losses)
