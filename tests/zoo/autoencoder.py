"""Transposed convolutions of stride 2."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch.nn.functional as F
from torch import nn


def torch_model():
    return nn.Sequential(
        nn.Conv2d(1, 4, 2, stride=2),
        nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(4, 3, 3, stride=2),
        nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(3, 1, 4, stride=2, padding=1),
    )


def tensorflow_model():
    return keras.Sequential(
        [
            keras.layers.Conv2D(4, 2, strides=2),
            keras.layers.LeakyReLU(0.2),
            keras.layers.Conv2DTranspose(3, 3, strides=2),
            keras.layers.LeakyReLU(0.2),
            keras.layers.Conv2DTranspose(1, 4, strides=2, padding="same"),
        ]
    )


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(6, 8, 8, 1)), "y": rng.normal(size=(6, 18, 18, 1))}


def torch_loss(model, batch):
    return F.mse_loss(model(batch["x"].permute(0, 3, 1, 2)), batch["y"].permute(0, 3, 1, 2))


def tensorflow_loss(model, batch):
    return tf.reduce_mean((model(batch["x"], training=True) - batch["y"]) ** 2)
