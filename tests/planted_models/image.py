"""A convolution of stride 2, a mean over windows, an enlargement, and a loss with weighted classes."""

from __future__ import annotations

import keras
import tensorflow as tf
import torch
import torch.nn.functional as F
from torch import nn

WEIGHTS_OF_CLASSES = [0.5, 1.0, 2.0]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, stride=2)
        self.norm = nn.BatchNorm2d(4, eps=1e-3, momentum=0.01)
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        h = F.relu(self.norm(self.conv(F.pad(x, (0, 1, 0, 1)))))
        h = F.avg_pool2d(h, 2, count_include_pad=False)
        h = F.interpolate(h, scale_factor=2, mode="bilinear", align_corners=False)
        return self.fc((h * h).mean((2, 3)))


def torch_model():
    return Net()


class Twin(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = keras.layers.Conv2D(4, 3, strides=2, padding="same")
        self.norm = keras.layers.BatchNormalization()
        self.pool = keras.layers.AveragePooling2D(2)
        self.enlarged = keras.layers.UpSampling2D(2, interpolation="bilinear")
        self.fc = keras.layers.Dense(3)

    def call(self, x, training=None):
        h = keras.ops.relu(self.norm(self.conv(x), training=training))
        h = self.enlarged(self.pool(h))
        return self.fc(keras.ops.mean(h * h, axis=(1, 2)))


def tensorflow_model():
    return Twin()


LAYOUT = {"torch": "NCHW", "tensorflow": "NHWC"}


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(8, 3, 8, 8)), "y": rng.integers(0, 3, 8)}


def torch_loss(model, batch):
    weights = torch.tensor(WEIGHTS_OF_CLASSES, dtype=batch["x"].dtype)
    return F.cross_entropy(model(batch["x"]), batch["y"], weights, label_smoothing=0.0)


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(batch["y"], model(batch["x"]), from_logits=True)
    weights = tf.gather(tf.constant(WEIGHTS_OF_CLASSES, losses.dtype), batch["y"])
    return tf.reduce_sum(losses * weights) / tf.reduce_sum(weights)


EXPECT = ("batchnorm-variance",)
