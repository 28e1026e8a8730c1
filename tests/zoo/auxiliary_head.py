"""A head that is there in training mode alone, and a scale that is one number."""

import keras
import tensorflow as tf
import torch
from torch import nn


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(8, 6)), "y": rng.normal(size=(8, 3))}


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(6, 8)
        self.auxiliary = nn.Linear(8, 3)
        self.head = nn.Linear(8, 3)
        self.scale = nn.Parameter(torch.tensor(0.5))

    def forward(self, x):
        h = torch.tanh(self.body(x))
        self.early = self.auxiliary(h) if self.training else None
        return self.head(h) * self.scale.exp()


class KerasNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.layers.Dense(8, activation="tanh")
        self.auxiliary = keras.layers.Dense(3)
        self.head = keras.layers.Dense(3)
        self.scale = self.add_weight(shape=(), initializer="ones")

    def call(self, x, training=False):
        h = self.body(x)
        out = self.head(h) * tf.exp(self.scale)
        return [out, self.auxiliary(h)] if training else [out]


def torch_model():
    return Net()


def tensorflow_model():
    return KerasNet()


def torch_loss(model, batch):
    loss = ((model(batch["x"]) - batch["y"]) ** 2).mean()
    return loss if model.early is None else loss + 0.3 * ((model.early - batch["y"]) ** 2).mean()


def tensorflow_loss(model, batch):
    out, *early = model(batch["x"])
    loss = tf.reduce_mean((out - batch["y"]) ** 2)
    return loss + 0.3 * tf.reduce_mean((early[0] - batch["y"]) ** 2) if early else loss
