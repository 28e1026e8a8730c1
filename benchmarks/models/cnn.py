"""A small convolutional network, as one writes it in each framework."""

STEPS = 100


def torch_model():
    from torch import nn

    return nn.Sequential(
        *(nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(32 * 8 * 8, 64), nn.ReLU(), nn.Linear(64, 10)),
    )


def tensorflow_model():
    from keras import Sequential, layers

    return Sequential(
        [
            *(layers.Conv2D(16, 3, padding="same"), layers.BatchNormalization(), layers.ReLU()),
            *(layers.MaxPool2D(2), layers.Conv2D(32, 3, padding="same"), layers.BatchNormalization()),
            *(layers.ReLU(), layers.MaxPool2D(2), layers.Flatten()),
            *(layers.Dense(64, activation="relu"), layers.Dense(10)),
        ]
    )


def batches(rng):
    batch = {"x": rng.normal(size=(32, 3, 32, 32)), "y": rng.integers(0, 10, 32)}
    while True:
        yield batch


LAYOUT = {"torch": "NCHW", "tensorflow": "NHWC"}


def torch_loss(model, batch):
    import torch.nn.functional as F

    return F.cross_entropy(model(batch["x"]), batch["y"])


def tensorflow_loss(model, batch):
    import tensorflow as tf

    logits = model(batch["x"], training=True)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(batch["y"], logits))


def torch_optimizer(model):
    import torch

    return torch.optim.SGD(model.parameters(), lr=1e-3)


def tensorflow_optimizer(model):
    import keras

    return keras.optimizers.SGD(1e-3)
