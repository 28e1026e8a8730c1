"""One of two layers, as the batch says: the first batch uses one of them alone."""

import keras
import tensorflow as tf
import torch
from torch import nn


def batches(rng):
    number = 0
    while True:
        yield {"x": rng.normal(size=(8, 6)), "which": number % 2, "y": rng.normal(size=(8, 3))}
        number += 1


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(6, 8)
        self.either = nn.ModuleList([nn.Linear(8, 8), nn.Linear(8, 8)])
        self.head = nn.Linear(8, 3)

    def forward(self, x, which):
        return self.head(torch.tanh(self.either[which](torch.tanh(self.body(x)))))


class KerasNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.layers.Dense(8, activation="tanh")
        self.either = [keras.layers.Dense(8, activation="tanh") for _ in range(2)]
        self.head = keras.layers.Dense(3)

    def call(self, x, which):
        h = self.body(x)
        both = [layer(h) for layer in self.either]
        return self.head(both[which])


def torch_model():
    return Net()


def tensorflow_model():
    return KerasNet()


def torch_loss(model, batch):
    return ((model(batch["x"], which=batch["which"]) - batch["y"]) ** 2).mean()


def tensorflow_loss(model, batch):
    return tf.reduce_mean((model(batch["x"], which=batch["which"]) - batch["y"]) ** 2)
