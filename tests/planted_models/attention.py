"""An encoder over tokens with padding, which each framework's attention masks in its own manner."""

from __future__ import annotations

import keras
import torch.nn.functional as F
from keras import layers, ops
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok = nn.Embedding(20, 16)
        layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.1, activation="gelu", batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1)
        self.head = nn.Linear(16, 3)

    def forward(self, tokens):
        pad = tokens == 0
        x = self.encoder(self.tok(tokens), src_key_padding_mask=pad)
        keep = (~pad).unsqueeze(-1).to(x.dtype)
        return self.head((x * keep).sum(1) / keep.sum(1).clamp(min=1))


class Encoder(layers.Layer):
    def __init__(self):
        super().__init__()
        self.attention = layers.MultiHeadAttention(2, 8, dropout=0.1)
        self.first = layers.Dense(32, activation=lambda x: keras.activations.gelu(x, approximate=False))
        self.second = layers.Dense(16)
        self.norms = [layers.LayerNormalization(epsilon=1e-5) for _ in range(2)]
        self.drops = [layers.Dropout(0.1) for _ in range(3)]

    def call(self, x, keep):
        a = self.attention(x, x, attention_mask=keep[:, None, :])
        x = self.norms[0](x + self.drops[0](a))
        return self.norms[1](x + self.drops[2](self.second(self.drops[1](self.first(x)))))


class Twin(keras.Model):
    def __init__(self):
        super().__init__()
        self.tok = layers.Embedding(20, 16)
        self.encoder = Encoder()
        self.head = layers.Dense(3)

    def call(self, tokens):
        keep = ops.not_equal(tokens, 0)
        x = self.encoder(self.tok(tokens), keep)
        keep = ops.cast(keep, x.dtype)[..., None]
        return self.head(ops.sum(x * keep, axis=1) / ops.maximum(ops.sum(keep, axis=1), 1))


def torch_model():
    return Net()


def tensorflow_model():
    return Twin()


def batches(rng):
    while True:
        tokens = rng.integers(1, 20, (4, 6))
        tokens[0, 4:] = tokens[2, 3:] = 0
        yield {"x": tokens, "y": rng.integers(0, 3, 4)}


def torch_loss(model, batch):
    return F.cross_entropy(model(batch["x"]), batch["y"])


def tensorflow_loss(model, batch):
    losses = keras.losses.sparse_categorical_crossentropy(batch["y"], model(batch["x"]), from_logits=True)
    return ops.mean(losses)
