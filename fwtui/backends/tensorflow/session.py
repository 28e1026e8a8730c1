"""One training step as TensorFlow 1 did it, kept alive on purpose: define the graph, then run it.

Today's TensorFlow still offers all of it under `tf.compat.v1`, without asking for version 2's behaviour to be
turned off: inside a `tf.Graph`, operations are recorded instead of run.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from fwtui.backends.base import Job, named_metrics
from fwtui.backends.tensorflow.device import tensorflow_name
from fwtui.backends.tensorflow.optimizers import OPTIMIZERS
from fwtui.race.records import Phase
from fwtui.workloads.base import Arrays

v1 = tf.compat.v1


class Session:
    """The graph is static: built once, before the first step, then fed and run, step after step."""

    first_phase: Phase = "warm-up"

    def __init__(self, job: Job) -> None:
        self._graph = tf.Graph()
        with self._graph.as_default(), tf.device(tensorflow_name(job.device)):
            self._placeholders = {name: _placeholder(name, array) for name, array in job.batch.items()}
            # The first weights come in by a feed too: as constants they would stay in the graph for good.
            first = {name: v1.placeholder(array.dtype, array.shape) for name, array in job.parameters.items()}
            # Without use_resource=True these would be version 1's reference variables: a read of one may see
            # a weight that is already updated, in the middle of the step.
            self._params = {
                name: v1.get_variable(name, initializer=value, use_resource=True)
                for name, value in first.items()
            }
            self._metrics = named_metrics(job.workload.tensorflow_loss()(self._params, self._placeholders))
            self._train = self._update(job)
            initialize = v1.global_variables_initializer()
        # With no config of its own the session takes TensorFlow's: threads, visible GPUs, memory growth.
        self._session = v1.Session(graph=self._graph)
        self._session.run(initialize, {first[name]: array for name, array in job.parameters.items()})

    def step(self, batch: Arrays) -> Mapping[str, float]:
        """One optimizer update; the metrics before it. A session's run returns when all work is done."""
        metrics, _ = self._session.run((self._metrics, self._train), self._feed(batch))
        return {name: float(value) for name, value in metrics.items()}

    def evaluate(self, batch: Arrays) -> Mapping[str, float]:
        """The metrics of `batch`, of any size, under the present weights."""
        metrics = self._session.run(self._metrics, self._feed(batch))
        return {name: float(value) for name, value in metrics.items()}

    def weights(self) -> Arrays:
        """The present weights, copied to NumPy."""
        arrays: Arrays = self._session.run(self._params)
        return {name: array.copy() for name, array in arrays.items()}

    def compilations(self) -> int:
        """1: the graph was built before the first step, and never again."""
        return 1

    def close(self) -> None:
        """Ends the session, which holds the weights."""
        self._session.close()

    def _update(self, job: Job) -> tf.Operation:
        weights = list(self._params.values())
        gradients = tf.gradients(self._metrics["loss"], weights)
        # A graph has no order but what is asked for: everything that reads a weight comes before the first
        # weight changes.
        read = [gradient for gradient in gradients if gradient is not None]
        with tf.control_dependencies([*read, *self._metrics.values()]):
            return tf.group(*OPTIMIZERS[job.optimizer](weights, job.learning_rate)(gradients))

    def _feed(self, batch: Arrays) -> dict[tf.Tensor, np.ndarray]:
        return {self._placeholders[name]: array for name, array in batch.items()}


def _placeholder(name: str, array: np.ndarray) -> tf.Tensor:
    """Where a batch comes in. Its leading dimension stays open, so that held-out data fits too."""
    return v1.placeholder(array.dtype, (None, *array.shape[1:]) if array.ndim else (), name=name)
