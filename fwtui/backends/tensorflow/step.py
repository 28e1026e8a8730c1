"""One training step in TensorFlow, in each of its execution modes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import Any, Self

import tensorflow as tf

from fwtui.backends.base import Backend, Computed, Gradients, Job
from fwtui.backends.determinism import python_random_numbers
from fwtui.backends.tensorflow import graph, net_inspection
from fwtui.backends.tensorflow.device import tensorflow_name
from fwtui.backends.tensorflow.graph_hash import EagerHash, of_signature
from fwtui.backends.tensorflow.graph_tape import tape
from fwtui.backends.tensorflow.net import build as build_net
from fwtui.backends.tensorflow.net import tensors_of
from fwtui.backends.tensorflow.oplog import Log
from fwtui.backends.tensorflow.oplog_calls import Call, by_copy, log_of_call
from fwtui.backends.tensorflow.oplog_internals import Watch, other_random_numbers
from fwtui.backends.tensorflow.optimizers import OPTIMIZERS
from fwtui.backends.tensorflow.profile import profiled
from fwtui.backends.tensorflow.session import Session
from fwtui.backends.tensorflow.state import draws, noted, put_back
from fwtui.backends.tensorflow.traces import Traces
from fwtui.core.graph import Graph, NoGraph
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
        self._step_number = job.first_step
        self._variables: list[tf.Variable] = []
        with noted(self._variables):
            self._net = build_net(job)
            self._weights = list(self._net.trained.values())
            with tf.device(self._device):
                self._update = self._net.optimizer(
                    lambda weights: OPTIMIZERS[job.optimizer](weights, job.learning_rate)
                )
        self._batch, self._held_out, self._looked_at = (_Resident(self._device) for _ in range(3))
        self._watch = Watch()
        self._last_gradients: Sequence[Any] = ()
        self._run_train: Any = self._train
        self._run_metrics: Any = self._metrics
        self._run_evaluated: Any = self._evaluated
        self._run_gradients: Any = self._gradients

    def step(self, batch: Batch) -> Mapping[str, float]:
        """One optimizer update; the metrics before it, when all work is done."""
        self.set_step(self._step_number)
        self._step_number += 1
        metrics = self._run_train(self._batch.tensors(batch))
        values = {name: float(value) for name, value in metrics.items()}
        if "GPU" in self._device:
            # The loss on the host says that the forward pass ran, not that the update did.
            tf.test.experimental.sync_devices()
        return values

    def evaluate(self, batch: Batch) -> Mapping[str, float]:
        """The metrics of `batch`, of any size, under the present weights."""
        return self._values(self._run_evaluated, self._held_out.tensors(batch))

    def compute(self, batch: Batch) -> Computed:
        """What a step on `batch` computes before its update, copied to NumPy."""
        tensors = self._batch.tensors(batch)
        evaluation = self._values(self._run_evaluated, tensors) if self._net.has_modes else {}
        with self._net.put_back():
            metrics, gradients = self._run_gradients(tensors)
            values = {name: float(value) for name, value in metrics.items()}
            return Computed(values, self._net.named(gradients), self._net.state(), evaluation)

    def weights(self) -> Arrays:
        """The present weights, copied to NumPy."""
        return self._net.weights()

    def state(self) -> Arrays:
        """The present state that other lanes have too, copied to NumPy."""
        return self._net.state()

    def load(self, arrays: Arrays) -> None:
        """Put weights and state in the place of the present ones."""
        self._net.load(arrays)

    @contextmanager
    def at(self, arrays: Arrays) -> Iterator[None]:
        """While entered, `arrays` are loaded."""
        with self._net.put_back(with_weights=True):
            self._net.load(arrays)
            yield

    def latest(self) -> Arrays:
        """The weights after the last step, where they lie, and in eager steps its gradients."""
        return self._net.latest(self._last_gradients) if "CPU" in self._device else {}

    def set_step(self, step: int) -> None:
        """Which step's random numbers are drawn next."""
        if self._net.numbers is not None:
            self._net.numbers.step = step

    def update(self, gradients: Gradients) -> None:
        """Update the weights by these gradients, op by op."""
        with tf.device(self._device):
            self._update(self._net.own_gradients(gradients))

    def learning_rates(self) -> tuple[float, ...]:
        """Of the coming update."""
        return getattr(self._update, "learning_rates", (self._job.learning_rate,))

    def optimizer_settings(self) -> Mapping[str, float]:
        """Of an optimizer of the user's file; empty for one of fwtui's own."""
        return getattr(self._update, "settings", {})

    def inspect(self, batch: Batch) -> NetInspected:
        """Return what it uses besides the parameters, and whether it is deterministic; compiles nothing."""
        tensors = self._looked_at.tensors(batch)
        with self._net.put_back(), other_random_numbers(), python_random_numbers() as drew_in_python:
            try:
                variables, ops = net_inspection.variables_and_ops(self._metrics, tensors)
            except Exception:  # a network that only runs eagerly
                variables, ops = self._eager_variables_and_ops(tensors)
            # A number that Python draws is a constant of what was traced.
            in_python = drew_in_python()
            run = self._metrics if in_python else self._run_metrics
            found = net_inspection.inspect(
                [*self._weights, *self._net.untrained],
                variables,
                ops,
                lambda: self._values(run, tensors),
                lambda variable: variable.numpy(),
                lambda variable, value: variable.assign(value),
                self._weights[0].dtype.name,
                in_python,
            )
            ignored = self._net.ignored(lambda: self._metrics(tensors))
        return replace(found, ignored=ignored, draws=self._net.numbers.sizes if self._net.numbers else ())

    def log_ops(self, batch: Batch, values: bool = False, feeds: Sequence[Feed] = ()) -> OpLog:
        """Take one step, log every op of it, and restore all variables."""
        tensors = self._looked_at.tensors(batch)

        def take(log: Log) -> None:
            with tf.device(self._device):
                with tf.GradientTape() as tape:
                    metrics = self._net.metrics(tensors)
                log.enter("backward", metrics)
                gradients = tape.gradient(metrics["loss"], self._weights)
                # The gradient of a table that is looked up in comes as rows of it.
                dense = [None if g is None else tf.convert_to_tensor(g) for g in gradients]
                named = zip(self._net.trained, dense, strict=True)
                log.enter("update", {f"gradient {name}": g for name, g in named if g is not None})
                self._update(dense)

        with put_back(self._variables):
            if not values:  # in a thread that has been idle the first op takes several times as long
                self._watch.run(lambda: self._gradients(tensors))
            with self._net.layers_followed() as path_of_layer:
                given = self._net.parameters, tensors, self._job.device, values, self._net.views
                return Log(*given, path_of_layer).of(self._watch, take)

    def graph_ran(self, batch: Batch) -> tuple[str, int | None]:
        """What a forward pass on `batch` leaves on the tape: one runs for it."""
        tensors = self._looked_at.tensors(batch)
        ran = EagerHash({**self._net.trained, **tensors})
        with other_random_numbers(), self._net.put_back():
            self._watch.run(lambda: self._metrics(tensors), ran.write)
        return ran.digest(), ran.ops

    def graphs(self, batch: Batch) -> tuple[Graph | NoGraph, ...]:
        """The ops that a step records on its tape, walks back along, and updates with."""

        def this_steps() -> Graph:
            arrays = {f"parameter {name}": weight for name, weight in self._net.trained.items()}
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

    def _values(self, run: Callable[..., Any], tensors: Mapping[str, Any]) -> Mapping[str, float]:
        with self._net.put_back():
            return {name: float(value) for name, value in run(tensors).items()}

    def _train(self, batch: Mapping[str, Any]) -> dict[str, tf.Tensor]:
        with tf.device(self._device):
            metrics, gradients = self._gradients(batch)
            self._update(gradients)
        self._last_gradients = gradients
        return metrics

    def _gradients(self, batch: Mapping[str, Any]) -> tuple[dict[str, tf.Tensor], list[tf.Tensor | None]]:
        with tf.device(self._device):
            with tf.GradientTape() as tape:
                metrics = self._net.metrics(batch)
            return metrics, tape.gradient(metrics["loss"], self._weights)

    def _metrics(self, batch: Mapping[str, Any]) -> dict[str, tf.Tensor]:
        with tf.device(self._device):
            return self._net.metrics(batch)

    def _evaluated(self, batch: Mapping[str, Any]) -> dict[str, tf.Tensor]:
        with tf.device(self._device):
            return self._net.evaluated(batch)


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
        self._run_evaluated = tf.function(self._evaluated)
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
            spare.load({**self.weights(), **self.state()})
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
        model = self._job.model and replace(self._job.model, state=self.state())
        return type(self)(replace(self._job, parameters=self.weights(), model=model))

    def _log_of_call(self, batch: Batch, values: bool) -> OpLog:
        tensors, tracing = self._looked_at.tensors(batch), self._tracing(batch)
        metrics: dict[str, Any] = {}

        def call() -> None:
            metrics.update((name, value.numpy()) for name, value in self._run_train(tensors).items())
            if "GPU" in self._device:
                tf.test.experimental.sync_devices()

        profile = profiled(call, tracing.function_name if self._jit_compile else None)
        nodes = tracing.program_nodes(profile.programs) if self._jit_compile else tracing.nodes
        logged = Call("tf.function call", self._net.trained, tensors, metrics, self._job.device, values)
        return log_of_call(logged, profile, nodes)

    def _tracing(self, batch: Batch) -> graph.Tracing:
        """What is known of the trace for batches like this one; asking it traces the step if need be."""
        return self._tracings.setdefault(of_signature(batch), graph.Tracing(lambda: self._trace(batch)))

    def _trace(self, batch: Batch) -> graph.Trace:
        tensors = self._looked_at.tensors(batch)
        concrete = self._run_train.get_concrete_function(tensors)
        ends = self._ends[concrete.graph]
        return graph.Trace(self._run_train, concrete, tensors, self._net.trained, *ends)

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
            self._tensors = tensors_of(batch, self._device)
            self._of = batch
        return self._tensors


_MODES: dict[str, Callable[[Job], Backend]] = {
    "eager": Eager,
    "function": Function,
    "xla": Xla,
    "session": Session,
}
