"""A generator and a discriminator, each against the other's answer."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


class Gan(nn.Module):
    def __init__(self):
        super().__init__()
        self.generator = nn.Sequential(
            nn.Linear(5, 8 * 2 * 2),
            nn.ReLU(),
            nn.Unflatten(1, (8, 2, 2)),
            nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(4, 1, 4, stride=2, padding=1),
            nn.Tanh(),
        )
        self.discriminator = nn.Sequential(
            nn.Conv2d(1, 4, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(4, 8, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(8 * 2 * 2, 1),
        )


def torch_model():
    return Gan()


class KerasGan(keras.Model):
    def __init__(self):
        super().__init__()
        self.generator = keras.Sequential(
            [
                keras.layers.Dense(8 * 2 * 2, activation="relu"),
                keras.layers.Reshape((8, 2, 2)),
                keras.layers.Permute((2, 3, 1)),
                keras.layers.Conv2DTranspose(4, 4, strides=2, padding="same", activation="relu"),
                keras.layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
            ]
        )
        self.discriminator = keras.Sequential(
            [
                keras.layers.Conv2D(4, 4, strides=2, padding="same"),
                keras.layers.LeakyReLU(0.2),
                keras.layers.Conv2D(8, 4, strides=2, padding="same"),
                keras.layers.LeakyReLU(0.2),
                keras.layers.Flatten(),
                keras.layers.Dense(1),
            ]
        )


def tensorflow_model():
    return KerasGan()


def batches(rng):
    while True:
        yield {"z": rng.normal(size=(6, 5)), "x": rng.normal(size=(6, 8, 8, 1))}


def torch_loss(model, batch):
    made = model.generator(batch["z"])
    real = model.discriminator(batch["x"].permute(0, 3, 1, 2))
    return F.softplus(-real).mean() + F.softplus(model.discriminator(made)).mean()


def tensorflow_loss(model, batch):
    made = model.generator(batch["z"], training=True)
    real = model.discriminator(batch["x"], training=True)
    fake = model.discriminator(made, training=True)
    return tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))
