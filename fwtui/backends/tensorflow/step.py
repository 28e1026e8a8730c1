"""One training step in TensorFlow, in each of its execution modes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import tensorflow as tf

from fwtui.backends.base import Backend, Gradients, Job
from fwtui.backends.determinism import python_random_numbers
from fwtui.backends.tensorflow import graph, net_inspection
from fwtui.backends.tensorflow.device import tensorflow_name
from fwtui.backends.tensorflow.graph_hash import EagerHash, of_signature
from fwtui.backends.tensorflow.graph_tape import tape
from fwtui.backends.tensorflow.modes import FRAMEWORK
from fwtui.backends.tensorflow.oplog import Log
from fwtui.backends.tensorflow.oplog_calls import Call, by_copy, log_of_call
from fwtui.backends.tensorflow.oplog_internals import Watch, other_random_numbers
from fwtui.backends.tensorflow.optimizers import OPTIMIZERS
from fwtui.backends.tensorflow.profile import profiled
from fwtui.backends.tensorflow.session import Session
from fwtui.backends.tensorflow.state import draws, noted, put_back
from fwtui.backends.tensorflow.traces import Traces
from fwtui.core.graph import Graph, NoGraph
from fwtui.core.metrics import named_metrics
from fwtui.core.oplog import OpLog
from fwtui.core.records import Compiled, GraphBroken, NetInspected, Phase
from fwtui.core.spec import Feed
from fwtui.core.workload import Arrays, Batch

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
            self._loss = job.workload.loss(FRAMEWORK.key)
        self._batch, self._held_out, self._looked_at = (_Resident(self._device) for _ in range(3))
        self._watch = Watch()
        self._last_gradients: Sequence[Any] = ()
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

    def latest(self) -> Arrays:
        """The weights after the last step, where they lie, and in eager steps its gradients."""
        if "CPU" not in self._device:
            return {}
        tensors = {
            f"parameter {name}": tf.raw_ops.ReadVariableOp(resource=weight.handle, dtype=weight.dtype)
            for name, weight in self._params.items()
        }
        for name, gradient in zip(self._params, self._last_gradients, strict=False):
            if gradient is not None:
                tensors[f"gradient {name}"] = tf.convert_to_tensor(gradient)
        return {name: np.asarray(memoryview(tensor)) for name, tensor in tensors.items()}

    def inspect(self, batch: Batch) -> NetInspected:
        """Return what it uses besides the parameters, and whether it is deterministic; compiles nothing."""
        tensors = self._looked_at.tensors(batch)
        with other_random_numbers(), python_random_numbers() as drew_in_python:
            try:
                variables, ops = net_inspection.variables_and_ops(self._metrics, tensors)
            except Exception:  # a network that only runs eagerly
                variables, ops = self._eager_variables_and_ops(tensors)
            # A number that Python draws is a constant of what was traced.
            run = self._metrics if drew_in_python() else self._run_metrics
            return net_inspection.inspect(
                self._weights,
                variables,
                ops,
                lambda: {name: float(value) for name, value in run(tensors).items()},
                lambda variable: variable.numpy(),
                lambda variable, value: variable.assign(value),
                self._weights[0].dtype.name,
            )

    def log_ops(self, batch: Batch, values: bool = False, feeds: Sequence[Feed] = ()) -> OpLog:
        """Take one step, log every op of it, and restore all variables."""
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
            if not values:  # in a thread that has been idle the first op takes several times as long
                self._watch.run(lambda: self._gradients(tensors))
            return Log(self._params, tensors, self._job.device, values).of(self._watch, take)

    def graph_ran(self, batch: Batch) -> tuple[str, int | None]:
        """What a forward pass on `batch` leaves on the tape: one runs for it."""
        tensors = self._looked_at.tensors(batch)
        ran = EagerHash({**self._params, **tensors})
        with other_random_numbers():
            self._watch.run(lambda: self._metrics(tensors), ran.write)
        return ran.digest(), ran.ops

    def graphs(self, batch: Batch) -> tuple[Graph | NoGraph, ...]:
        """The ops that a step records on its tape, walks back along, and updates with."""

        def this_steps() -> Graph:
            arrays = {f"parameter {name}": weight for name, weight in self._params.items()}
            arrays |= {f"batch {name}": array for name, array in batch.items()}
            return tape(self.log_ops(batch).ops, arrays)

        return graph.captured({("tape", "this step's"): this_steps})

    def events(self) -> Sequence[Compiled | GraphBroken]:
        """Nothing: nothing is ever compiled."""
        return ()

    def close(self) -> None:
        """Ends the thread in which ops are logged."""
        self._watch.close()

    def _eager_variables_and_ops(self, tensors: Mapping[str, Any]) -> tuple[list[tf.Variable], set[str]]:
        """The trained variables that a forward pass reads eagerly, all others that came with the network, and
        the types of the ops that ran.
        """
        ops: set[str] = set()
        with put_back(self._variables), tf.GradientTape() as tape:
            self._metrics(tensors)
            self._watch.run(lambda: self._metrics(tensors), lambda op, *_: ops.add(op))
        untrained = [one for one in self._variables if not one.trainable]
        return [*tape.watched_variables(), *untrained], ops

    def _train(self, batch: Mapping[str, Any]) -> dict[str, tf.Tensor]:
        with tf.device(self._device):
            metrics, gradients = self._gradients(batch)
            self._update(gradients)
        self._last_gradients = gradients
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
        self._ends: dict[tf.Graph, tuple[Mapping[str, tf.Tensor], Sequence[Any]]] = {}
        self._tracings: dict[str, graph.Tracing] = {}
        self._steps = 0

    def step(self, batch: Batch) -> Mapping[str, float]:
        """One optimizer update; the metrics before it, when all work is done."""
        values = super().step(batch)
        if self._traces.open:
            self._traces.ended(self._steps)
        self._steps += 1
        return values

    def log_ops(self, batch: Batch, values: bool = False, feeds: Sequence[Feed] = ()) -> OpLog:
        """The call of a copy's trace with the present weights, and the kernels inside: see `by_copy`."""
        with other_random_numbers():
            spare = self._spare
            if not spare._traces.knows(batch):
                spare.step(batch)
            spare.load(self.weights())
            return by_copy(spare._log_of_call(batch, values))

    def graph_ran(self, batch: Batch) -> tuple[str, int | None]:
        """The graph for batches like this one, and its number of ops once it is traced."""
        known = self._traces.knows(batch)
        return of_signature(batch), len(self._tracing(batch).ops) if known else None

    def graphs(self, batch: Batch) -> tuple[Graph | NoGraph, ...]:
        """What is traced for `batch`, and what TensorFlow makes of it before it runs."""
        with other_random_numbers():
            return self._twin()._tracing(batch).function()

    def events(self) -> Sequence[Compiled | GraphBroken]:
        """Each trace of the step: the first, and one for each new shape, dtype or Python number."""
        return self._traces.new()

    def close(self) -> None:
        """Ends what looks at steps."""
        super().close()
        if "_spare" in vars(self):
            self._spare.close()

    @cached_property
    def _spare(self) -> Function:
        """Takes the steps that are looked into, and keeps what it has traced for them."""
        return self._twin()

    def _twin(self) -> Self:
        """Another one with the present weights, for what must leave this one alone."""
        return type(self)(replace(self._job, parameters=self.weights()))

    def _log_of_call(self, batch: Batch, values: bool) -> OpLog:
        tensors, tracing = self._looked_at.tensors(batch), self._tracing(batch)
        metrics: dict[str, Any] = {}

        def call() -> None:
            metrics.update((name, value.numpy()) for name, value in self._run_train(tensors).items())
            if "GPU" in self._device:
                tf.test.experimental.sync_devices()

        profile = profiled(call, tracing.function_name if self._jit_compile else None)
        nodes = tracing.program_nodes(profile.programs) if self._jit_compile else tracing.nodes
        logged = Call("tf.function call", self._params, tensors, metrics, self._job.device, values)
        return log_of_call(logged, profile, nodes)

    def _tracing(self, batch: Batch) -> graph.Tracing:
        """What is known of the trace for batches like this one; asking it traces the step if need be."""
        return self._tracings.setdefault(of_signature(batch), graph.Tracing(lambda: self._trace(batch)))

    def _trace(self, batch: Batch) -> graph.Trace:
        tensors = self._looked_at.tensors(batch)
        concrete = self._run_train.get_concrete_function(tensors)
        ends = self._ends[concrete.graph]
        return graph.Trace(self._run_train, concrete, tensors, self._params, *ends)

    def _traced(self, batch: Mapping[str, Any]) -> Mapping[str, tf.Tensor]:
        self._traces.began(batch)
        with tf.device(self._device):
            ends = metrics, gradients = self._gradients(batch)
            self._update(gradients)
        self._ends[tf.compat.v1.get_default_graph()] = ends
        return metrics


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

    def log_ops(self, batch: Batch, values: bool = False, feeds: Sequence[Feed] = ()) -> OpLog:
        """The call of the program and the kernels inside of it, put back.

        A copy's program only where there is no other yet, or where its random numbers would not be put back:
        XLA compiles for seconds.
        """
        if not self._traces.knows(batch) or draws(self._tracing(batch).ops):
            return super().log_ops(batch, values)
        with put_back(self._variables):
            return self._log_of_call(batch, values)

    def graphs(self, batch: Batch) -> tuple[Graph | NoGraph, ...]:
        """XLA's program for `batch`, before it optimises and after."""
        return self._twin()._tracing(batch).xla()


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
