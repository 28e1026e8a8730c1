"""A perceptron with two hidden layers of one width."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


def torch_model():
    return nn.Sequential(
        nn.Linear(12, 32),
        nn.ReLU(),
        nn.Linear(32, 32),
        nn.ReLU(),
        nn.Linear(32, 32),
        nn.Tanh(),
        nn.Linear(32, 5),
    )


def tensorflow_model():
    return keras.Sequential(
        [
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(5),
        ]
    )


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(16, 12)), "y": rng.integers(0, 5, 16)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"]), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(
        batch["y"], model(batch["x"], training=True), from_logits=True
    )
    return tf.reduce_mean(losses)
