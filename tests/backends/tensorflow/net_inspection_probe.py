"""What inspections say of TensorFlow networks and leave behind, pickled for `test_net_inspection.py`.

Run as `python -m tests.backends.tensorflow.net_inspection_probe FILE`. Each network is a function that makes
a loss, which gets `w` (3, 3) and the batch's `x` (4, 3); what it makes, it makes once for each backend.
"""

from __future__ import annotations

import pickle
import random
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from fwtui.backends.base import Job
from fwtui.backends.tensorflow.step import build

MODES = ("eager", "function", "session")
X = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
W = np.random.default_rng(1).normal(size=(3, 3)).astype(np.float32)


def squares(tensor):
    return tf.reduce_sum(tensor**2)


def keeping(kept, loss):
    """The loss, with the variables that an inspection must leave as they are."""
    loss.kept = kept
    return loss


def plain():
    return lambda params, batch: squares(batch["x"] @ params["w"])


def variable():
    scale = tf.Variable(tf.ones(3), name="scale")
    return lambda params, batch: squares(batch["x"] @ params["w"] * scale)


def frozen_variable():
    scale = tf.Variable(tf.ones(3), name="scale", trainable=False)
    return lambda params, batch: squares(batch["x"] @ params["w"] * scale)


def constant():
    scale = tf.constant([1.0, 2.0, 3.0])
    return lambda params, batch: squares(batch["x"] @ params["w"] * scale)


def dense():
    layer = keras.layers.Dense(3, name="own")
    layer.build((None, 3))
    return lambda params, batch: squares(layer(batch["x"] @ params["w"]))


def frozen_dense():
    layer = keras.layers.Dense(3, name="own")
    layer.build((None, 3))
    layer.trainable = False
    return lambda params, batch: squares(layer(batch["x"] @ params["w"]))


def never_trained_dense():
    layer = keras.layers.Dense(3, name="own", trainable=False)
    layer.build((None, 3))
    return lambda params, batch: squares(layer(batch["x"] @ params["w"]))


def average(counts):
    """A moving average, which the loss depends on where `counts`."""

    def net():
        mean = tf.Variable(tf.zeros(3), name="mean", trainable=False)

        def loss(params, batch):
            hidden = batch["x"] @ params["w"]
            moved = mean.assign(0.9 * mean + 0.1 * tf.stop_gradient(tf.reduce_mean(hidden, 0)))
            with tf.control_dependencies([moved]):
                return squares(hidden - mean if counts else tf.identity(hidden))

        return keeping([mean], loss)

    return net


def eager_average():
    """The same in a net that cannot be traced."""
    mean = tf.Variable(tf.zeros(3), name="mean", trainable=False)
    scale = tf.Variable(tf.ones(3), name="scale")

    def loss(params, batch):
        hidden = batch["x"] @ params["w"]
        mean.assign(0.9 * mean + 0.1 * tf.stop_gradient(tf.reduce_mean(hidden, 0)))
        return squares(hidden * scale) * float(hidden.numpy().size)

    return keeping([mean], loss)


def eager_dropout():
    def loss(params, batch):
        hidden = batch["x"] @ params["w"]
        return squares(tf.nn.dropout(hidden, 0.5)) * float(hidden.numpy().size)

    return loss


def batch_norm(training=True):
    layer = keras.layers.BatchNormalization(center=False, scale=False, name="norm")
    layer.build((None, 3))

    def loss(params, batch):
        return squares(layer(batch["x"] @ params["w"], training=training) + 1)

    return keeping([layer.moving_mean.value, layer.moving_variance.value], loss)


def dropout():
    return lambda params, batch: squares(tf.nn.dropout(batch["x"] @ params["w"], 0.5))


def seeded_dropout():
    return lambda params, batch: squares(tf.nn.dropout(batch["x"] @ params["w"], 0.5, seed=3))


def dropout_layer(training=True):
    layer = keras.layers.Dropout(0.5)
    return lambda params, batch: squares(layer(batch["x"] @ params["w"], training=training))


def own_generator():
    generator = tf.random.Generator.from_seed(1)
    return lambda params, batch: squares(batch["x"] @ params["w"] + generator.normal([3]))


def stateless_noise():
    """The same in each call."""
    return lambda params, batch: squares(
        batch["x"] @ params["w"] + tf.random.stateless_normal([3], seed=[1, 2])
    )


def numpy_noise():
    return lambda params, batch: squares(batch["x"] @ params["w"] + np.float32(np.random.normal()))


def python_noise():
    return lambda params, batch: squares(batch["x"] @ params["w"] + random.random())


def noise_in_vain():
    return lambda params, batch: squares(batch["x"] @ params["w"] + 0 * tf.random.normal([3]))


def random_metric():
    return lambda params, batch: {"loss": squares(batch["x"] @ params["w"]), "noise": tf.random.normal([])}


def counter():
    calls = []

    def loss(params, batch):
        calls.append(1)
        return squares(batch["x"] @ params["w"]) * len(calls)

    return loss


NETS = {
    **{net.__name__: net for net in (plain, variable, frozen_variable, constant, dense, frozen_dense)},
    "dense that was never trained": never_trained_dense,
    "average": average(counts=False),
    "average that counts": average(counts=True),
    "batch_norm": batch_norm,
    "evaluating batch_norm": lambda: batch_norm(training=False),
    **{net.__name__: net for net in (dropout, seeded_dropout, dropout_layer)},
    "evaluating dropout_layer": lambda: dropout_layer(training=False),
    **{net.__name__: net for net in (own_generator, stateless_noise, numpy_noise, python_noise)},
    **{net.__name__: net for net in (noise_in_vain, random_metric, counter)},
}
EAGER = {"eager_average": eager_average, "eager_dropout": eager_dropout}


def state():
    """Of Python's and NumPy's random number generators, as bytes."""
    return pickle.dumps((random.getstate(), np.random.get_state(legacy=False)))


def drawn(inspect):
    """What TensorFlow draws next; after an inspection, where there is one."""
    tf.random.set_seed(7)
    if inspect is not None:
        inspect()
    return tf.random.normal([3]).numpy().tolist()


def inspected(mode, make):
    """What is said, and whether random numbers, weights and other variables are what they were."""
    losses = []
    workload = SimpleNamespace(loss=lambda _: losses.append(make()) or losses[0])
    backend: Any = build(mode, Job(workload, {"w": W}, {"x": X}, {"x": X.shape}, "cpu", "sgd", 0.01))
    kept = getattr(losses[0], "kept", [])

    def values():
        return [backend._session.run(one) if mode == "session" else one.numpy() for one in kept]

    first, before = values(), state()
    said = {}
    told = drawn(lambda: said.update(net=backend.inspect({"x": X})))
    return {
        **said,
        "python and numpy": state() == before,
        "tensorflow": told == drawn(None),
        "weights": np.array_equal(backend.weights()["w"], W),
        "variables": all(map(np.array_equal, values(), first)),
    }


def main(path):
    said = {mode: {} for mode in MODES}
    for mode in MODES:
        for name, make in (NETS | (EAGER if mode == "eager" else {})).items():
            said[mode][name] = inspected(mode, make)
    Path(path).write_bytes(pickle.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1])
