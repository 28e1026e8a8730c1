"""A module whose weights are used without a call, and a `tf.Module` that has variables alone."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(6, 8), nn.Linear(8, 3)
        self.register_buffer("scale", torch.full((6,), 0.5))

    def forward(self, x):
        h = torch.tanh(F.linear(x * self.scale, self.hidden.weight, self.hidden.bias))
        return F.linear(h, self.out.weight, self.out.bias)


def torch_model():
    return Net()


class Module(tf.Module):
    def __init__(self):
        super().__init__()
        dtype = keras.config.floatx()
        self.w1 = tf.Variable(tf.random.normal((6, 8), dtype=dtype), name="w1")
        self.b1 = tf.Variable(tf.zeros(8, dtype), name="b1")
        self.w2 = tf.Variable(tf.random.normal((8, 3), dtype=dtype), name="w2")
        self.b2 = tf.Variable(tf.zeros(3, dtype), name="b2")

    def __call__(self, x):
        h = tf.tanh(tf.matmul(x * 0.5, self.w1) + self.b1)
        return tf.matmul(h, self.w2) + self.b2


def tensorflow_model():
    return Module()


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(16, 6)), "y": rng.integers(0, 3, 16)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"]), batch["y"])


def tensorflow_loss(model, batch):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(batch["y"], model(batch["x"]))
    return tf.reduce_mean(losses)
