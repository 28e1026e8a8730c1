"""One training step in NumPy.

A net is a function (params, batch) -> (metrics, gradients), two dicts: the metrics with `loss` first, and the
gradient by each parameter's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from fwtui.backends.base import Computed, Job
from fwtui.core.graph import NoGraph
from fwtui.core.oplog import OpLog
from fwtui.core.optimizers import BETA_1, BETA_2, DECAY, EPSILON, MOMENTUM, WEIGHT_DECAY
from fwtui.core.records import NetInspected
from fwtui.core.workload import Arrays, Batch

_NO_GRAPH = "NumPy computes at once, and records no graph"


def build(mode: str, job: Job) -> Eager:
    """The backend for the only mode, `eager`."""
    return Eager(job)


class Eager:
    """Computes each array as soon as it is asked for."""

    first_phase = "warm-up"

    def __init__(self, job: Job) -> None:
        self._net: Callable[..., Any] = job.loss("numpy")
        self._weights = {name: array.copy() for name, array in job.parameters.items()}
        self._gradients: dict[str, Any] = {}
        self._update, self._rate, self._count = OPTIMIZERS[job.optimizer], job.learning_rate, 0
        self._states: dict[str, dict[str, Any]] = {name: {} for name in self._weights}

    def step(self, batch: Batch) -> Mapping[str, float]:
        """One update; the metrics before it."""
        metrics, self._gradients = self._net(self._weights, batch)
        self._count += 1
        for name, gradient in self._gradients.items():
            weight, state = self._weights[name], self._states[name]
            updated = self._update(weight, gradient, state, self._rate, self._count)
            self._weights[name] = updated.astype(weight.dtype)
        return {name: float(value) for name, value in metrics.items()}

    def evaluate(self, batch: Batch) -> Mapping[str, float]:
        """The metrics under the present weights."""
        return self.compute(batch).metrics

    def compute(self, batch: Batch) -> Computed:
        """The metrics and the gradients under the present weights."""
        metrics, gradients = self._net(self._weights, batch)
        values = {name: float(value) for name, value in metrics.items()}
        return Computed(values, {name: gradients.get(name) for name in self._weights}, {})

    def weights(self) -> Arrays:
        """The present weights."""
        return dict(self._weights)

    def set_step(self, step: int) -> None:
        """Nothing: a net draws no random numbers."""

    def state(self) -> Arrays:
        """None: a net is a function of its weights."""
        return {}

    def load(self, arrays: Arrays) -> None:
        """Other weights in their place."""
        self._weights = {name: np.array(array) for name, array in arrays.items()}

    @contextmanager
    def at(self, arrays: Arrays) -> Iterator[None]:
        """While entered, `arrays` are loaded."""
        before = self._weights
        self.load(arrays)
        try:
            yield
        finally:
            self._weights = before

    def latest(self) -> Arrays:
        """The weights and the last gradients."""
        return {f"parameter {name}": array for name, array in self._weights.items()} | {
            f"gradient {name}": array for name, array in self._gradients.items()
        }

    def inspect(self, batch: Batch) -> NetInspected:
        """Whether two calls give the same loss; there is nothing else that a net could use."""
        first, second = (self._net(self._weights, batch)[0]["loss"] for _ in range(2))
        return NetInspected(is_stateful=bool(first != second))

    def log_ops(self, batch: Batch, values: bool = False) -> OpLog:
        """None."""
        raise NotImplementedError("NumPy calls no ops that could be logged")

    def graphs(self, batch: Batch) -> tuple[NoGraph, ...]:
        """None."""
        return (NoGraph("step", "a step", _NO_GRAPH),)

    def graph_ran(self, batch: Batch) -> tuple[str, int | None]:
        """None."""
        raise NotImplementedError(_NO_GRAPH)

    def events(self) -> tuple[()]:
        """Nothing is compiled."""
        return ()

    def close(self) -> None:
        """There is nothing to give back."""


# The equations are those of fwtui.core.optimizers.


def sgd(weight: Any, gradient: Any, state: dict[str, Any], rate: float, count: int) -> Any:
    """Plain descent."""
    return weight - rate * gradient


def momentum(weight: Any, gradient: Any, state: dict[str, Any], rate: float, count: int) -> Any:
    """Descent with a velocity."""
    state["buffer"] = MOMENTUM * state.get("buffer", 0) + gradient
    return weight - rate * state["buffer"]


def adam(weight: Any, gradient: Any, state: dict[str, Any], rate: float, count: int) -> Any:
    """Steps divided by the gradient's size."""
    state["mean"] = BETA_1 * state.get("mean", 0) + (1 - BETA_1) * gradient
    state["square"] = BETA_2 * state.get("square", 0) + (1 - BETA_2) * gradient**2
    root = np.sqrt(state["square"] / (1 - BETA_2**count))
    return weight - rate * (state["mean"] / (1 - BETA_1**count)) / (root + EPSILON)


def adamw(weight: Any, gradient: Any, state: dict[str, Any], rate: float, count: int) -> Any:
    """The same, with weights that decay."""
    return adam(weight * (1 - rate * WEIGHT_DECAY), gradient, state, rate, count)


def rmsprop(weight: Any, gradient: Any, state: dict[str, Any], rate: float, count: int) -> Any:
    """Steps divided by the gradient's recent size."""
    state["square"] = DECAY * state.get("square", 0) + (1 - DECAY) * gradient**2
    return weight - rate * gradient / (np.sqrt(state["square"]) + EPSILON)


OPTIMIZERS = {"sgd": sgd, "momentum": momentum, "adam": adam, "adamw": adamw, "rmsprop": rmsprop}
