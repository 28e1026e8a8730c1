"""Branches that evaluation mode does not tell apart, called in another order."""

import keras
import tensorflow as tf
import torch
from torch import nn


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(8, 6)), "y": rng.normal(size=(8, 3))}


def head():
    return nn.Sequential(nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 3))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.plain = nn.Linear(6, 3)
        self.dropped = nn.Linear(6, 3)
        self.frozen = nn.Linear(6, 3)
        self.frozen.requires_grad_(False)
        self.dropout = nn.Dropout(0.3)
        self.first, self.second = head(), head()

    def forward(self, x):
        plain, dropped = torch.tanh(self.plain(x)), self.dropout(torch.tanh(self.dropped(x)))
        return plain + dropped + torch.tanh(self.frozen(x)), self.first(x), self.second(x)


def keras_head():
    return keras.Sequential([keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(3)])


class KerasNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.plain = keras.layers.Dense(3, activation="tanh")
        self.dropped = keras.layers.Dense(3, activation="tanh")
        self.frozen = keras.layers.Dense(3, activation="tanh", trainable=False)
        self.dropout = keras.layers.Dropout(0.3)
        self.first, self.second = keras_head(), keras_head()

    def call(self, x):
        second, first = self.second(x), self.first(x)
        total = self.frozen(x) + self.dropout(self.dropped(x))
        return total + self.plain(x), first, second


def torch_model():
    return Net()


def tensorflow_model():
    return KerasNet()


def torch_loss(model, batch):
    total, first, second = model(batch["x"])
    return ((total - batch["y"]) ** 2).mean() + (first**2).mean() + 2 * (second - 1).abs().mean()


def tensorflow_loss(model, batch):
    total, first, second = model(batch["x"])
    loss = tf.reduce_mean((total - batch["y"]) ** 2) + tf.reduce_mean(first**2)
    return loss + 2 * tf.reduce_mean(tf.abs(second - 1))
