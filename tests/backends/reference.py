"""A small net and the optimizers' equations in NumPy alone, and the same net for every framework.

The net has what trips optimizers up: a table that is looked up in, so that its gradient may come as a few
rows, and a row may move on by its moments alone; a weight that only every second step uses; one that none
does.
"""

from __future__ import annotations

import numpy as np

from fwtui.core.optimizers import BETA_1, BETA_2, DECAY, EPSILON, MOMENTUM, WEIGHT_DECAY

LEARNING_RATE = 0.01


def parameters():
    rng = np.random.default_rng(0)
    shapes = {"table": (5, 3), "w": (3, 3), "sometimes": (3,), "left_out": (2,)}
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def batches(count, numbers):
    """`ids` (4,) and `y` (4, 3); with `numbers` also `turn`, a Python int: whether `sometimes` is used."""
    rng = np.random.default_rng(1)
    for number in range(count):
        batch = {"ids": rng.integers(0, 5, 4), "y": rng.standard_normal((4, 3))}
        yield batch | ({"turn": number % 2} if numbers else {})


def torch_loss():
    def loss(params, batch):
        predicted = params["table"][batch["ids"]] @ params["w"]
        if batch.get("turn", 0):
            predicted = predicted + params["sometimes"]
        return ((predicted - batch["y"]) ** 2).sum()

    return loss


def tensorflow_loss():
    import tensorflow as tf

    def loss(params, batch):
        predicted = tf.gather(params["table"], batch["ids"]) @ params["w"]
        if batch.get("turn", 0):
            predicted = predicted + params["sometimes"]
        return tf.reduce_sum((predicted - batch["y"]) ** 2)

    return loss


def loss(framework):
    """What a workload gives."""
    return {"torch": torch_loss, "tensorflow": tensorflow_loss}[framework]()


def gradients(params, batch):
    """The loss, and its gradient by each weight that it depends on, by hand."""
    rows = params["table"][batch["ids"]]
    turn = batch.get("turn", 0)
    error = rows @ params["w"] + turn * params["sometimes"] - batch["y"]
    table = np.zeros_like(params["table"])
    np.add.at(table, batch["ids"], 2 * error @ params["w"].T)
    found = {"table": table, "w": 2 * rows.T @ error}
    return (error**2).sum(), found | ({"sometimes": 2 * error.sum(axis=0)} if turn else {})


def trained(optimizer, params, batches):
    """The loss before each update, and the weights after the last."""
    params, losses = dict(params), []
    states = {name: [np.zeros_like(weight), np.zeros_like(weight), 0] for name, weight in params.items()}
    for batch in batches:
        loss, found = gradients(params, batch)
        losses.append(loss)
        for name, gradient in found.items():
            states[name][2] += 1
            params[name] = _UPDATES[optimizer](params[name], gradient, states[name])
    return losses, params


def _sgd(w, g, state):
    return w - LEARNING_RATE * g


def _momentum(w, g, state):
    state[0] = MOMENTUM * state[0] + g
    return w - LEARNING_RATE * state[0]


def _adam(w, g, state):
    state[0] = BETA_1 * state[0] + (1 - BETA_1) * g
    state[1] = BETA_2 * state[1] + (1 - BETA_2) * g**2
    mean, square = state[0] / (1 - BETA_1 ** state[2]), state[1] / (1 - BETA_2 ** state[2])
    return w - LEARNING_RATE * mean / (np.sqrt(square) + EPSILON)


def _adamw(w, g, state):
    return _adam(w - LEARNING_RATE * WEIGHT_DECAY * w, g, state)


def _rmsprop(w, g, state):
    state[1] = DECAY * state[1] + (1 - DECAY) * g**2
    return w - LEARNING_RATE * g / (np.sqrt(state[1]) + EPSILON)


_UPDATES = {"sgd": _sgd, "momentum": _momentum, "adam": _adam, "adamw": _adamw, "rmsprop": _rmsprop}
