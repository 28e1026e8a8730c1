"""One training step in TensorFlow, in each of its execution modes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from fwtui.backends.base import Backend, Job, named_metrics
from fwtui.backends.tensorflow.device import tensorflow_name
from fwtui.backends.tensorflow.optimizers import OPTIMIZERS
from fwtui.backends.tensorflow.session import Session
from fwtui.race.records import Phase
from fwtui.workloads.base import Arrays


def build(mode: str, job: Job) -> Backend:
    """The backend for `mode`: `eager`, `function` or `session`."""
    return _MODES[mode](job)


class Eager:
    """The graph is dynamic: every step records what it computes on a tape, and walks the tape backwards."""

    first_phase: Phase = "warm-up"

    def __init__(self, job: Job) -> None:
        self._device = tensorflow_name(job.device)
        with tf.device(self._device):
            self._params = {name: tf.Variable(array, name=name) for name, array in job.parameters.items()}
        self._weights = list(self._params.values())
        self._loss = job.workload.tensorflow_loss()
        self._update = OPTIMIZERS[job.optimizer](self._weights, job.learning_rate)
        self._batch, self._held_out = _Resident(self._device), _Resident(self._device)
        self._run_train: Any = self._train
        self._run_metrics: Any = self._metrics

    def step(self, batch: Arrays) -> Mapping[str, float]:
        """One optimizer update; the metrics before it, when all work is done."""
        metrics = self._run_train(self._batch.tensors(batch))
        values = {name: float(value) for name, value in metrics.items()}
        if "GPU" in self._device:
            # The loss on the host says that the forward pass ran, not that the update did.
            tf.test.experimental.sync_devices()
        return values

    def evaluate(self, batch: Arrays) -> Mapping[str, float]:
        """The metrics of `batch`, of any size, under the present weights."""
        metrics = self._run_metrics(self._held_out.tensors(batch))
        return {name: float(value) for name, value in metrics.items()}

    def weights(self) -> Arrays:
        """The present weights, copied to NumPy."""
        return {name: weight.numpy().copy() for name, weight in self._params.items()}

    def compilations(self) -> int:
        """0: nothing is ever compiled."""
        return 0

    def close(self) -> None:
        """Nothing outlives the object."""

    def _train(self, batch: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        with tf.device(self._device):
            with tf.GradientTape() as tape:
                metrics = named_metrics(self._loss(self._params, batch))
            self._update(tape.gradient(metrics["loss"], self._weights))
        return metrics

    def _metrics(self, batch: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        with tf.device(self._device):
            return named_metrics(self._loss(self._params, batch))


class Function(Eager):
    """The graph is static: the same Python, run once to trace it; from then on TensorFlow runs the trace."""

    first_phase: Phase = "trace"

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._run_train = tf.function(self._train)
        # A function of its own, so that held-out data of another size does not count as a retrace.
        self._run_metrics = tf.function(self._metrics)

    def compilations(self) -> int:
        """How often the step was traced: once, and again whenever a batch has another shape or dtype."""
        return int(self._run_train.experimental_get_tracing_count())


class _Resident:
    """The batch that lies on the device. The same object again is not copied there again."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._of: Arrays | None = None
        self._tensors: dict[str, tf.Tensor] = {}

    def tensors(self, batch: Arrays) -> dict[str, tf.Tensor]:
        if batch is not self._of:
            with tf.device(self._device):
                self._tensors = {name: tf.constant(array) for name, array in batch.items()}
            self._of = batch
        return self._tensors


_MODES: dict[str, Callable[[Job], Backend]] = {"eager": Eager, "function": Function, "session": Session}
