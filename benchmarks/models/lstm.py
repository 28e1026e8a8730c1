"""A tagger with a recurrent layer, as one writes it in each framework."""

STEPS = 100


def torch_model():
    from torch import nn

    class Tagger(nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.lstm = nn.Embedding(200, 32), nn.LSTM(32, 64, batch_first=True)
            self.out = nn.Linear(64, 8)

        def forward(self, tokens):
            return self.out(self.lstm(self.table(tokens))[0])

    return Tagger()


def tensorflow_model():
    from keras import Sequential, layers

    return Sequential([layers.Embedding(200, 32), layers.LSTM(64, return_sequences=True), layers.Dense(8)])


def batches(rng):
    batch = {"tokens": rng.integers(0, 200, (16, 20)), "y": rng.integers(0, 8, (16, 20))}
    while True:
        yield batch


def torch_loss(model, batch):
    import torch.nn.functional as F

    return F.cross_entropy(model(batch["tokens"]).flatten(0, 1), batch["y"].flatten())


def tensorflow_loss(model, batch):
    import tensorflow as tf

    logits = model(batch["tokens"], training=True)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(batch["y"], logits))


def torch_optimizer(model):
    import torch

    return torch.optim.SGD(model.parameters(), lr=1e-3)


def tensorflow_optimizer(model):
    import keras

    return keras.optimizers.SGD(1e-3)
