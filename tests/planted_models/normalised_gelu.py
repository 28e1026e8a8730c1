"""A convolution, a GELU whose constants Keras holds in float32, and a batch norm behind it."""


def torch_model():
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.GELU(), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4 * 6 * 6, 5)
    )


def tensorflow_model():
    import keras
    from keras import layers

    return keras.Sequential(
        [
            layers.Conv2D(4, 3),
            layers.Activation(lambda x: keras.activations.gelu(x, approximate=False)),
            layers.BatchNormalization(epsilon=1e-5, momentum=0.9),
            layers.Flatten(),
            layers.Dense(5),
        ]
    )


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(6, 3, 8, 8)), "y": rng.integers(0, 5, 6)}


LAYOUT = {"torch": "NCHW", "tensorflow": "NHWC"}


def torch_loss(model, batch):
    import torch.nn.functional as F

    return F.cross_entropy(model(batch["x"]), batch["y"])


def tensorflow_loss(model, batch):
    import keras

    losses = keras.losses.sparse_categorical_crossentropy(batch["y"], model(batch["x"]), from_logits=True)
    return keras.ops.mean(losses)
