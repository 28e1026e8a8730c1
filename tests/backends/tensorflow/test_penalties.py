"""What Keras's layers ask for and a training leaves out; and names that stay the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROBE = """
import keras
import tensorflow as tf
from fwtui.backends.tensorflow.model_build import build_layers
from fwtui.backends.tensorflow.model_names import counted_from_start, named_variables
from fwtui.backends.tensorflow.model_penalties import left_out

def net(**settings):
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="dense", **settings)])

x = tf.ones((4, 3))
def plain(model):
    return lambda: tf.reduce_sum(model(x))
def added(model):
    return lambda: tf.reduce_sum(model(x)) + sum(model.losses)

for name, model, loss in (
    ("nothing", net(), plain),
    ("penalty", net(kernel_regularizer="l2", bias_regularizer="l1"), plain),
    ("penalty that is added", net(kernel_regularizer="l2"), added),
    ("constraint", net(kernel_constraint="non_neg"), plain),
):
    for keras_trains in (False, True):
        print(name, keras_trains, *left_out(model, loss(model), keras_trains))

class Late(keras.Model):
    def __init__(self):
        super().__init__()
        self.body, self.late = keras.layers.Dense(2), keras.layers.Dense(2)
        self.norm = keras.layers.BatchNormalization()
    def call(self, x, training=False):
        h = self.norm(self.body(x), training=training)
        return self.late(h) if training else h

late = Late()
build_layers(late, lambda: late(x))
print("built", all(one.built for one in late._flatten_layers()), late.norm.moving_mean.numpy().tolist())

def made():
    with counted_from_start():
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
with counted_from_start():
    keras.layers.Dense(1)
    first = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
again, other = named_variables(first, "f"), named_variables(made(), "f")
print(list(again) == list(other), list(named_variables(made(), "g")))
"""


@pytest.mark.slow
def test_what_a_training_leaves_out_and_names():
    run = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    constraint = (
        "a constraint of sequential_3/dense/kernel, which is not applied: give tensorflow_optimizer(model)"
    )
    penalties = "in model.losses that the loss leaves out: add sum(model.losses), or remove them"
    assert [line.rstrip() for line in run.stdout.splitlines()] == [
        "nothing False",
        "nothing True",
        f"penalty False 2 penalties {penalties}",
        f"penalty True 2 penalties {penalties}",
        "penalty that is added False",
        "penalty that is added True",
        f"constraint False {constraint}",
        "constraint True",
        "built True [0.0, 0.0]",
        "True ['sequential/dense/kernel', 'sequential/dense/bias']",
    ]
