"""The nets once more, in NumPy and as plainly as can be, and small ones of each kind to compare with.

Each reference takes (workload, parameters, batch) and gives the metrics.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import WorkloadSpec
from fwtui.workloads import catalogue

SMALL = {
    "digits-cnn": {"batch": 5, "channels1": 3, "channels2": 4},
    "dynamic-depth": {"batch": 6, "d_in": 7, "hidden": 5, "d_out": 3},
    "char-rnn": {"batch": 3, "longest": 12, "embedded": 4, "hidden": 5},
    "tiny-transformer": {"batch": 2, "length": 6, "width": 8, "heads": 2},
}


def small(name):
    return catalogue.load(WorkloadSpec(name, "default", tuple(SMALL[name].items())))


def first_parameters(name):
    """The first weights, moved a little: what begins at zero or one must also count for what it is."""
    first = small(name).parameters(parameters_rng(0))
    rng = np.random.default_rng(1)
    return {weight: array + 0.1 * rng.standard_normal(array.shape) for weight, array in first.items()}


def first_batch(name):
    return next(small(name).batches(data_rng(0)))


def relu(x):
    return np.maximum(x, 0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gelu(x):
    return x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2


def softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def classified(logits, labels):
    likely = np.take_along_axis(softmax(logits), labels[..., None], axis=-1)
    return {"loss": -np.log(likely).mean(), "accuracy": (logits.argmax(axis=-1) == labels).mean()}


def digits_cnn(workload, p, batch):
    def convolved(maps, kernel, bias):
        padded = np.pad(maps, ((0, 0), (1, 1), (1, 1), (0, 0)))
        windows = sliding_window_view(padded, (3, 3), axis=(1, 2))
        rows = relu(np.einsum("nyxchw,hwco->nyxo", windows, kernel) + bias)
        count, height, width, channels = rows.shape
        return rows.reshape(count, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))

    maps = convolved(batch["images"].reshape(-1, 8, 8, 1), p["kernel1"], p["bias1"])
    maps = convolved(maps, p["kernel2"], p["bias2"])
    return classified(maps.reshape(len(maps), -1) @ p["dense"] + p["bias3"], batch["labels"])


def dynamic_depth(workload, p, batch):
    hidden = np.tanh(batch["x"] @ p["w_in"] + p["b_in"])
    for _ in range(batch["depth"]):
        hidden = np.tanh(hidden @ p["w_middle"] + p["b_middle"])
    return {"loss": ((hidden @ p["w_out"] + p["b_out"] - batch["y"]) ** 2).mean()}


def char_rnn(workload, p, batch):
    (b_z, b_r, b_n), (c_z, c_r, c_n) = (np.split(bias, 3) for bias in p["bias"])
    (w_z, w_r, w_n), (u_z, u_r, u_n) = (np.split(p[name], 3, axis=1) for name in ("kernel", "recurrent"))
    h, states = np.zeros((workload.batch, workload.hidden)), []
    for numbers in batch["inputs"].T:
        x = p["embedding"][numbers]
        z = sigmoid(x @ w_z + b_z + h @ u_z + c_z)
        r = sigmoid(x @ w_r + b_r + h @ u_r + c_r)
        n = np.tanh(x @ w_n + b_n + r * (h @ u_n + c_n))
        h = (1 - z) * n + z * h
        states.append(h)
    return classified(np.stack(states, axis=1) @ p["dense"] + p["dense_bias"], batch["targets"])


def tiny_transformer(workload, p, batch):
    def norm(name, x):
        deviation = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
        return (x - x.mean(axis=-1, keepdims=True)) / deviation * p[f"{name}.scale"] + p[f"{name}.shift"]

    def attended(queries, keys, values):
        scores = queries @ keys.T / math.sqrt(queries.shape[1])
        future = np.triu(np.ones_like(scores), 1) == 1
        return softmax(np.where(future, -np.inf, scores)) @ values

    def attention(block, x):
        parts = np.split(x @ p[f"{block}.qkv"], 3, axis=1)
        heads = zip(*(np.split(part, workload.heads, axis=1) for part in parts), strict=True)
        joined = np.concatenate([attended(*head) for head in heads], axis=1)
        return joined @ p[f"{block}.out"] + p[f"{block}.out_bias"]

    def mlp(block, x):
        return (
            gelu(x @ p[f"{block}.up"] + p[f"{block}.up_bias"]) @ p[f"{block}.down"] + p[f"{block}.down_bias"]
        )

    def logits(numbers):
        x = p["embedding"][numbers] + p["positions"]
        for block in (f"block{number}" for number in range(1, workload.blocks + 1)):
            x = x + attention(block, norm(f"{block}.norm1", x))
            x = x + mlp(block, norm(f"{block}.norm2", x))
        return norm("norm", x) @ p["dense"] + p["dense_bias"]

    return classified(np.stack([logits(row) for row in batch["inputs"]]), batch["targets"])


REFERENCES = {
    "digits-cnn": digits_cnn,
    "dynamic-depth": dynamic_depth,
    "char-rnn": char_rnn,
    "tiny-transformer": tiny_transformer,
}
