"""One training step as TensorFlow 1 did it, kept alive on purpose: define the graph, then run it.

Today's TensorFlow still offers all of it under `tf.compat.v1`, without asking for version 2's behaviour to be
turned off: inside a `tf.Graph`, operations are recorded instead of run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from time import perf_counter_ns
from typing import Any

import tensorflow as tf

from fwtui.backends.base import Computed, Gradients, Job
from fwtui.backends.determinism import random_numbers_watched
from fwtui.backends.tensorflow import graph, net_inspection
from fwtui.backends.tensorflow.device import tensorflow_name
from fwtui.backends.tensorflow.graph_hash import of_ops
from fwtui.backends.tensorflow.graph_step import StepGraph, built_graph
from fwtui.backends.tensorflow.modes import FRAMEWORK
from fwtui.backends.tensorflow.oplog_calls import Call, by_copy, log_of_call
from fwtui.backends.tensorflow.optimizers import OPTIMIZERS
from fwtui.backends.tensorflow.profile import profiled
from fwtui.core.graph import Graph, Node, NoGraph
from fwtui.core.metrics import named_metrics
from fwtui.core.oplog import OpLog
from fwtui.core.records import Compiled, GraphBroken, NetInspected, Phase
from fwtui.core.spec import Feed
from fwtui.core.workload import Arrays, Batch

v1 = tf.compat.v1


class Session:
    """The graph is static: built once, before the first step, then fed and run, step after step."""

    first_phase: Phase = "warm-up"

    def __init__(self, job: Job) -> None:
        if job.model is not None:
            raise NotImplementedError(
                "tf.session builds a graph of TensorFlow 1, which holds no Keras model: tf.function does"
            )
        started = perf_counter_ns()
        self._job = replace(job, parameters={})
        self._graph = tf.Graph()
        with self._graph.as_default(), tf.device(tensorflow_name(job.device)):
            self._placeholders = {
                name: v1.placeholder(array.dtype, job.shapes[name], name=name)
                for name, array in _arrays(job.batch).items()
            }
            # The first weights come in by a feed too: as constants they would stay in the graph for good.
            first = {name: v1.placeholder(array.dtype, array.shape) for name, array in job.parameters.items()}
            # Without use_resource=True these would be version 1's reference variables: a read of one may see
            # a weight that is already updated, in the middle of the step.
            self._params = {
                name: v1.get_variable(name, initializer=value, use_resource=True)
                for name, value in first.items()
            }
            loss, drew = job.loss(FRAMEWORK.key), random_numbers_watched()
            self._metrics = named_metrics(loss(self._params, self._placeholders))
            self._holds_drawn_numbers = drew()
            # Before the optimizer makes its own.
            self._variables = v1.global_variables()
            weights = list(self._params.values())
            gradients = tf.gradients(self._metrics["loss"], weights)
            self._gradients = {
                name: None if gradient is None else tf.convert_to_tensor(gradient)
                for name, gradient in zip(self._params, gradients, strict=True)
            }
            self._train = self._update(job)
            self._first = first
            self._initialize = tf.group(*(weight.initializer for weight in self._params.values()))
            initialize_all = v1.global_variables_initializer()
        # With no config of its own the session takes TensorFlow's: threads, visible GPUs, memory growth.
        self._session = v1.Session(graph=self._graph)
        self._spare: Session | None = None
        """Takes the steps that are looked into."""
        self._session.run(initialize_all, {first[name]: array for name, array in job.parameters.items()})
        built = Compiled(0, "build", perf_counter_ns() - started, "the graph is built before the first step")
        self._events: Sequence[Compiled | GraphBroken] = (built,)

    def step(self, batch: Batch) -> Mapping[str, float]:
        """One optimizer update; the metrics before it. A session's run returns when all work is done."""
        metrics, _ = self._session.run((self._metrics, self._train), self._feed(batch))
        return {name: float(value) for name, value in metrics.items()}

    def evaluate(self, batch: Batch) -> Mapping[str, float]:
        """The metrics of `batch`, of any size, under the present weights."""
        metrics = self._session.run(self._metrics, self._feed(batch))
        return {name: float(value) for name, value in metrics.items()}

    def compute(self, batch: Batch) -> Computed:
        """Metrics and gradients of `batch`, which the graph has anyway."""
        known = {name: gradient for name, gradient in self._gradients.items() if gradient is not None}
        metrics, arrays = self._session.run((self._metrics, known), self._feed(batch))
        values = {name: float(value) for name, value in metrics.items()}
        return Computed(values, {name: arrays.get(name) for name in self._gradients}, {})

    def weights(self) -> Arrays:
        """The present weights, copied to NumPy."""
        arrays: Arrays = self._session.run(self._params)
        return {name: array.copy() for name, array in arrays.items()}

    def set_step(self, step: int) -> None:
        """Nothing: it trains no model."""

    def update(self, gradients: Gradients) -> None:
        """NotImplementedError: its graph has the network's own gradients."""
        raise NotImplementedError("tf.session's graph updates by the network's own gradients")

    def learning_rates(self) -> tuple[float, ...]:
        """The job's."""
        return (self._job.learning_rate,)

    def optimizer_settings(self) -> Mapping[str, float]:
        """Nothing: it trains no model."""
        return {}

    def state(self) -> Arrays:
        """None: it trains no model."""
        return {}

    @contextmanager
    def at(self, arrays: Arrays) -> Iterator[None]:
        """While entered, `arrays` are loaded."""
        before = self.weights()
        self.load(arrays)
        try:
            yield
        finally:
            self.load(before)

    def load(self, weights: Arrays) -> None:
        """Puts `weights` in the place of the present ones."""
        self._session.run(self._initialize, {self._first[name]: array for name, array in weights.items()})

    def latest(self) -> Arrays:
        """The weights after the last step, copied: a session gives nothing else out."""
        return {f"parameter {name}": array for name, array in self._session.run(self._params).items()}

    def inspect(self, batch: Batch) -> NetInspected:
        """Return what the graph holds besides the parameters, and whether two runs give equal metrics."""
        found = net_inspection.inspect(
            self._params.values(),
            self._variables,
            net_inspection.op_types(self._graph),
            lambda: self.evaluate(batch),
            self._session.run,
            lambda variable, value: self._session.run(
                variable.initializer, {variable.initializer.inputs[1]: value}
            ),
            next(iter(self._params.values())).dtype.base_dtype.name,
        )
        # Every run of this graph has the same numbers, which another one has not.
        drawn = self._holds_drawn_numbers
        return replace(found, is_random=True, draws_in_python=True) if drawn else found

    def log_ops(self, batch: Batch, values: bool = False, feeds: Sequence[Feed] = ()) -> OpLog:
        """The run of a copy with the present weights, and the kernels inside of it: see `by_copy`."""
        if self._spare is None:
            self._spare = self._twin()
            self._spare.step(batch)
        self._spare.load(self.weights())
        return by_copy(self._spare._log_of_run(batch, values))

    def graph_ran(self, batch: Batch) -> tuple[str, int | None]:
        """What a step needs of the graph: the same for every batch."""
        return self._ran

    def graphs(self, batch: Batch) -> tuple[Graph | NoGraph, ...]:
        """What a step needs of the graph, what the runtime makes of that, and all that was built."""

        return graph.captured(
            {
                ("fetched", "pruned for a step"): lambda: graph.fetched(self._step_graph()),
                ("optimized", "after Grappler and placement"): lambda: self._partitioned(batch),
                ("built", "as built"): lambda: graph.built(self._step_graph()),
            }
        )

    def events(self) -> Sequence[Compiled | GraphBroken]:
        """The graph was built before the first step, and is never again."""
        events, self._events = self._events, ()
        return events

    def close(self) -> None:
        """Ends the session, which holds the weights."""
        if self._spare is not None:
            self._spare.close()
        self._session.close()

    def _log_of_run(self, batch: Batch, values: bool) -> OpLog:
        metrics: dict[str, Any] = {}

        def run() -> None:
            fetched, _ = self._session.run((self._metrics, self._train), self._feed(batch))
            metrics.update(fetched)

        profile = profiled(run)
        call = Call("session.run", self._params, self._placeholders, metrics, self._job.device, values)
        return log_of_call(call, profile, self._nodes)

    @cached_property
    def _nodes(self) -> Sequence[Node]:
        return graph.fetched(self._step_graph()).nodes

    def _twin(self) -> Session:
        return Session(replace(self._job, parameters=self.weights()))

    @cached_property
    def _ran(self) -> tuple[str, int]:
        needed = self._step_graph().needed()
        ops = [op for op in self._graph.get_operations() if op in needed]
        return of_ops(ops), len(ops)

    def _step_graph(self) -> StepGraph:
        return built_graph(
            self._graph, self._placeholders, self._params, self._metrics, self._gradients, self._train
        )

    def _partitioned(self, batch: Batch) -> Graph:
        twin = self._twin()

        def run(options: Any, metadata: Any) -> None:
            fetches = (twin._metrics, twin._train)
            twin._session.run(fetches, twin._feed(batch), options=options, run_metadata=metadata)

        try:
            return graph.partitioned(self._step_graph(), run)
        finally:
            twin.close()

    def _update(self, job: Job) -> tf.Operation:
        weights, gradients = list(self._params.values()), list(self._gradients.values())
        update = OPTIMIZERS[job.optimizer](weights, job.learning_rate)
        # A graph has no order but what is asked for: everything that reads a weight comes before the first
        # weight changes.
        read = [gradient for gradient in gradients if gradient is not None]
        with tf.control_dependencies([*read, *self._metrics.values()]):
            return tf.group(*update(gradients))

    def _feed(self, batch: Batch) -> dict[tf.Tensor, Any]:
        return {self._placeholders[name]: array for name, array in batch.items()}


def _arrays(batch: Batch) -> dict[str, Any]:
    """The batch, where it holds arrays only.

    Raises:
        NotImplementedError: it holds a Python int, which may be another one in the next step.
    """
    for name, value in batch.items():
        if isinstance(value, int):
            raise NotImplementedError(
                f"'{name}' is a Python number, which may change from step to step; "
                "a session's graph is built once, before the first step"
            )
    return dict(batch)
