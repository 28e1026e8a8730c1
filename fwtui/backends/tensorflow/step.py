"""One training step in TensorFlow, in each of its execution modes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import tensorflow as tf

from fwtui.backends.base import Backend, Gradients, Job, named_metrics
from fwtui.backends.tensorflow import graph
from fwtui.backends.tensorflow.device import tensorflow_name
from fwtui.backends.tensorflow.graph_hash import EagerHash, of_signature
from fwtui.backends.tensorflow.graph_tape import tape
from fwtui.backends.tensorflow.oplog import Log
from fwtui.backends.tensorflow.oplog_internals import Watch, other_random_numbers
from fwtui.backends.tensorflow.optimizers import OPTIMIZERS
from fwtui.backends.tensorflow.session import Session
from fwtui.backends.tensorflow.state import noted, put_back
from fwtui.backends.tensorflow.traces import Traces
from fwtui.race.graph import Graph, NoGraph
from fwtui.race.records import Compiled, GraphBroken, OpLog, Phase
from fwtui.workloads.base import Arrays, Batch

_UNSUPPORTED = re.compile(r"Detected unsupported operations .*? on \S+: (\w+)")


def build(mode: str, job: Job) -> Backend:
    """The backend for `mode`: `eager`, `function`, `xla` or `session`."""
    return _MODES[mode](job)


class Eager:
    """The graph is dynamic: every step records what it computes on a tape, and walks the tape backwards."""

    first_phase: Phase = "warm-up"

    def __init__(self, job: Job) -> None:
        self._device = tensorflow_name(job.device)
        self._job = replace(job, parameters={})
        self._variables: list[tf.Variable] = []
        with noted(self._variables):
            with tf.device(self._device):
                self._params = {name: tf.Variable(array, name=name) for name, array in job.parameters.items()}
                self._weights = list(self._params.values())
                self._update = OPTIMIZERS[job.optimizer](self._weights, job.learning_rate)
            self._loss = job.workload.tensorflow_loss()
        self._batch, self._held_out, self._looked_at = (_Resident(self._device) for _ in range(3))
        self._watch = Watch()
        self._run_train: Any = self._train
        self._run_metrics: Any = self._metrics
        self._run_gradients: Any = self._gradients

    def step(self, batch: Batch) -> Mapping[str, float]:
        """One optimizer update; the metrics before it, when all work is done."""
        metrics = self._run_train(self._batch.tensors(batch))
        values = {name: float(value) for name, value in metrics.items()}
        if "GPU" in self._device:
            # The loss on the host says that the forward pass ran, not that the update did.
            tf.test.experimental.sync_devices()
        return values

    def evaluate(self, batch: Batch) -> Mapping[str, float]:
        """The metrics of `batch`, of any size, under the present weights."""
        metrics = self._run_metrics(self._held_out.tensors(batch))
        return {name: float(value) for name, value in metrics.items()}

    def gradients(self, batch: Batch) -> tuple[Mapping[str, float], Gradients]:
        """The metrics of `batch`, and the loss's gradient by each weight, copied to NumPy."""
        metrics, gradients = self._run_gradients(self._batch.tensors(batch))
        arrays = [None if g is None else tf.convert_to_tensor(g).numpy().copy() for g in gradients]
        values = {name: float(value) for name, value in metrics.items()}
        return values, dict(zip(self._params, arrays, strict=True))

    def weights(self) -> Arrays:
        """The present weights, copied to NumPy."""
        return {name: weight.numpy().copy() for name, weight in self._params.items()}

    def load(self, weights: Arrays) -> None:
        """Puts `weights` in the place of the present ones."""
        for name, array in weights.items():
            self._params[name].assign(array)

    def log_ops(self, batch: Batch, values: bool = False) -> OpLog:
        """One step with every op of it told, and put back."""
        tensors = self._looked_at.tensors(batch)

        def take(log: Log) -> None:
            with tf.device(self._device):
                with tf.GradientTape() as tape:
                    metrics = named_metrics(self._loss(self._params, tensors))
                log.enter("backward", metrics)
                gradients = tape.gradient(metrics["loss"], self._weights)
                # The gradient of a table that is looked up in comes as rows of it.
                dense = [None if g is None else tf.convert_to_tensor(g) for g in gradients]
                named = zip(self._params, dense, strict=True)
                log.enter("update", {f"gradient {name}": g for name, g in named if g is not None})
                self._update(dense)

        with put_back(self._variables):
            return Log(self._params, tensors, self._job.device, values).of(self._watch, take)

    def graph_ran(self, batch: Batch) -> tuple[str, int | None]:
        """What a forward pass on `batch` leaves on the tape: one runs for it."""
        tensors = self._looked_at.tensors(batch)
        ran = EagerHash({**self._params, **tensors})
        with other_random_numbers():
            self._watch.run(lambda: self._metrics(tensors), ran.write)
        return ran.told(), ran.ops

    def graphs(self, batch: Batch) -> tuple[Graph | NoGraph, ...]:
        """The ops that a step records on its tape, walks back along, and updates with."""

        def this_steps() -> Graph:
            arrays = {f"parameter {name}": weight for name, weight in self._params.items()}
            arrays |= {f"batch {name}": array for name, array in batch.items()}
            twin = self._twin()
            try:
                return tape(twin.log_ops(batch).ops, arrays)
            finally:
                twin.close()

        return graph.captured({("tape", "this step's"): this_steps})

    def events(self) -> Sequence[Compiled | GraphBroken]:
        """Nothing: nothing is ever compiled."""
        return ()

    def close(self) -> None:
        """Ends the thread in which ops are looked at."""
        self._watch.close()

    def _twin(self) -> Eager:
        """Another one with the present weights, for what must leave this one alone."""
        return type(self)(replace(self._job, parameters=self.weights()))

    def _train(self, batch: Mapping[str, Any]) -> dict[str, tf.Tensor]:
        with tf.device(self._device):
            metrics, gradients = self._gradients(batch)
            self._update(gradients)
        return metrics

    def _gradients(self, batch: Mapping[str, Any]) -> tuple[dict[str, tf.Tensor], list[tf.Tensor | None]]:
        with tf.device(self._device):
            with tf.GradientTape() as tape:
                metrics = named_metrics(self._loss(self._params, batch))
            return metrics, tape.gradient(metrics["loss"], self._weights)

    def _metrics(self, batch: Mapping[str, Any]) -> dict[str, tf.Tensor]:
        with tf.device(self._device):
            return named_metrics(self._loss(self._params, batch))


class Function(Eager):
    """The graph is static: the same Python, run once to trace it; from then on TensorFlow runs the trace."""

    first_phase: Phase = "trace"
    _jit_compile: bool | None = None

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._run_train = tf.function(self._traced, jit_compile=self._jit_compile)
        # Functions of their own, so that what is evaluated or probed does not count as a retrace.
        # Evaluating is not compiled: for a recurrent net that takes seconds, and only rounding differs.
        self._run_metrics = tf.function(self._metrics)
        self._run_gradients = tf.function(self._gradients, jit_compile=self._jit_compile)
        self._traces = Traces(self.first_phase)
        self._steps = 0

    def step(self, batch: Batch) -> Mapping[str, float]:
        """One optimizer update; the metrics before it, when all work is done."""
        values = super().step(batch)
        if self._traces.open:
            self._traces.ended(self._steps)
        self._steps += 1
        return values

    def graph_ran(self, batch: Batch) -> tuple[str, int | None]:
        """The graph for batches like this one, and its number of ops once it is traced."""
        return of_signature(batch), self._nodes(batch)

    def graphs(self, batch: Batch) -> tuple[Graph | NoGraph, ...]:
        """What is traced for `batch`, and what TensorFlow makes of it before it runs."""
        return graph.Tracing(lambda: self._traceable(batch)).function()

    def events(self) -> Sequence[Compiled | GraphBroken]:
        """Each trace of the step: the first, and one for each new shape, dtype or Python number."""
        return self._traces.new()

    def _nodes(self, batch: Batch) -> int | None:
        if not self._traces.knows(batch):
            return None
        like = {
            name: value if isinstance(value, int) else tf.TensorSpec(value.shape, value.dtype)
            for name, value in batch.items()
        }
        return len(self._run_train.get_concrete_function(like).graph.get_operations())

    def _traceable(self, batch: Batch) -> graph.Twin:
        twin = self._twin()
        ends: list[Any] = []
        tensors = twin._batch.tensors(batch)

        def train(tensors: Mapping[str, Any]) -> dict[str, tf.Tensor]:
            with tf.device(twin._device):
                ends[:] = metrics, gradients = twin._gradients(tensors)
                twin._update(gradients)
            return metrics

        function = tf.function(train, jit_compile=self._jit_compile)
        concrete = function.get_concrete_function(tensors)
        return graph.Twin(function, concrete, tensors, twin._params, *ends)

    def _traced(self, batch: Mapping[str, Any]) -> dict[str, tf.Tensor]:
        self._traces.began(batch)
        return self._train(batch)


class Xla(Function):
    """The graph is static, and compiled: what is traced becomes one program for the device, its ops fused."""

    first_phase: Phase = "compile"
    _jit_compile = True

    def step(self, batch: Batch) -> Mapping[str, float]:
        """One optimizer update; the metrics before it, when all work is done.

        Raises:
            NotImplementedError: the net holds what XLA has no code for, such as strings.
        """
        try:
            return super().step(batch)
        except tf.errors.InvalidArgumentError as error:
            if unsupported := _UNSUPPORTED.search(str(error)):
                raise NotImplementedError(f"XLA cannot compile {unsupported[1]}") from error
            raise

    def graphs(self, batch: Batch) -> tuple[Graph | NoGraph, ...]:
        """XLA's program for `batch`, before it optimises and after."""
        return graph.Tracing(lambda: self._traceable(batch)).xla()


class _Resident:
    """The batch that lies on the device. The same object again is not copied there again."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._of: Batch | None = None
        self._tensors: dict[str, Any] = {}

    def tensors(self, batch: Batch) -> dict[str, Any]:
        if batch is not self._of:
            with tf.device(self._device):
                self._tensors = {
                    name: value if isinstance(value, int) else tf.constant(value)
                    for name, value in batch.items()
                }
            self._of = batch
        return self._tensors


_MODES: dict[str, Callable[[Job], Backend]] = {
    "eager": Eager,
    "function": Function,
    "xla": Xla,
    "session": Session,
}
