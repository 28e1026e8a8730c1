"""What a step in TensorFlow trains: a function of named variables, or a model as it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from fwtui.backends.base import Gradients, Job
from fwtui.backends.logbook import Views
from fwtui.backends.tensorflow.device import tensorflow_name
from fwtui.backends.tensorflow.modes import FRAMEWORK
from fwtui.core.metrics import named_metrics
from fwtui.core.random_numbers import RandomNumbers
from fwtui.core.workload import Arrays, Batch, Loss

Metrics = dict[str, tf.Tensor]


class Net(ABC):
    """A network with its loss.

    Attributes:
        trained: what an optimizer updates, by the name that all lanes have for it where it is one whole
            weight in each, else by the framework's.
        views: how each of them becomes what all lanes have; None where they are that already.
        numbers: what it gets where it draws random numbers; None: its own, or it draws none.
        untrained: what a forward pass may change besides, such as a running mean.
    """

    trained: dict[str, tf.Variable]
    views: Views | None = None
    numbers: RandomNumbers | None = None
    untrained: list[tf.Variable]

    @abstractmethod
    def metrics(self, batch: Mapping[str, Any]) -> Metrics:
        """The metrics of a batch on the device, `loss` first, as in a training step."""

    @property
    @abstractmethod
    def has_modes(self) -> bool:
        """Whether evaluation may come to something else than training."""

    @abstractmethod
    def evaluated(self, batch: Mapping[str, Any]) -> Metrics:
        """The same as where nothing is trained: without dropout, with running statistics."""

    def optimizer(self, otherwise: Callable[[list[tf.Variable]], Any]) -> Any:
        """The network's own optimizer where it has one; else what `otherwise` makes for what is trained."""
        return otherwise(list(self.trained.values()))

    @property
    def parameters(self) -> Mapping[str, tf.Variable]:
        """What is trained, and what only another lane trains, by the names that logs have."""
        return self.trained

    @abstractmethod
    def own_gradients(self, gradients: Gradients) -> list[tf.Tensor | None]:
        """Gradients by common names as those of what is trained, in that order."""

    @abstractmethod
    def weights(self) -> Arrays:
        """A copy of the present weights, by the name that all lanes have for them."""

    @abstractmethod
    def state(self) -> Arrays:
        """A copy of the present state that other lanes have too, by its common name."""

    @abstractmethod
    def load(self, arrays: Arrays) -> None:
        """Put weights and state in the place of the present ones."""

    @abstractmethod
    def latest(self, gradients: Sequence[Any]) -> Arrays:
        """Weights and gradients where they lie, such as `parameter w`; valid until the next step."""

    @abstractmethod
    def named(self, gradients: Sequence[Any]) -> Gradients:
        """A copy of the gradients of what is trained, in that order, by the weights' common names."""

    @contextmanager
    def layers_followed(self) -> Iterator[Callable[[], str]]:
        """While entered, the function that it gives tells the path of the layer that is called now."""
        yield lambda: ""

    def ignored(self, call: Callable[[], object]) -> tuple[str, ...]:
        """What the network says of its training, and this training does not do; nothing but in models.

        Args:
            call: evaluates the loss.
        """
        return ()

    @contextmanager
    def put_back(self, with_weights: bool = False) -> Iterator[None]:
        """Whatever is done meanwhile, the state is what it was afterwards; so are weights where asked for."""
        variables = [*self.untrained, *(self.trained.values() if with_weights else ())]
        # Copies: a variable whose values are also held elsewhere is not updated in place, which takes longer.
        values = [variable.numpy().copy() for variable in variables]
        try:
            yield
        finally:
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)


def build(job: Job) -> Net:
    """The network of a job, on its device, with its first weights.

    Raises:
        ModelError: what a user's file gives is no model.
    """
    if job.model is not None:
        from fwtui.backends.tensorflow.model_net import ModelNet  # takes Keras to import

        return ModelNet(job, job.model)
    with tf.device(tensorflow_name(job.device)):
        params = {name: tf.Variable(array, name=name) for name, array in job.parameters.items()}
    return FunctionNet(job.loss(FRAMEWORK.key), params)


def tensors_of(batch: Batch, device: str) -> dict[str, Any]:
    """A batch on the device with TensorFlow's name `device`."""
    with tf.device(device):
        return {
            name: value if isinstance(value, int) else tf.constant(value) for name, value in batch.items()
        }


class FunctionNet(Net):
    """A function of named variables and a batch; what it keeps besides is its own affair."""

    def __init__(self, loss: Loss, params: dict[str, tf.Variable]) -> None:
        self._loss, self.trained = loss, params
        self.untrained = []

    def metrics(self, batch: Mapping[str, Any]) -> Metrics:
        """The metrics of a batch."""
        return named_metrics(self._loss(self.trained, batch))

    @property
    def has_modes(self) -> bool:
        """No: it is one function."""
        return False

    def evaluated(self, batch: Mapping[str, Any]) -> Metrics:
        """The same: such a function has no modes."""
        return self.metrics(batch)

    def own_gradients(self, gradients: Gradients) -> list[tf.Tensor | None]:
        """The same as tensors."""
        given = (gradients.get(name) for name in self.trained)
        return [None if one is None else tf.constant(one) for one in given]

    def weights(self) -> Arrays:
        """The present weights, copied to NumPy."""
        return {name: weight.numpy().copy() for name, weight in self.trained.items()}

    def state(self) -> Arrays:
        """None that is known."""
        return {}

    def load(self, arrays: Arrays) -> None:
        """Put `arrays` in the place of the present weights."""
        for name, array in arrays.items():
            self.trained[name].assign(array)

    def latest(self, gradients: Sequence[Any]) -> Arrays:
        """Weights and gradients where they lie."""
        arrays = {f"parameter {name}": where_it_lies(weight) for name, weight in self.trained.items()}
        for name, gradient in zip(self.trained, gradients, strict=False):
            if gradient is not None:
                arrays[f"gradient {name}"] = dense_array(gradient)
        return arrays

    def named(self, gradients: Sequence[Any]) -> Gradients:
        """A copy of the gradients, by weight."""
        arrays = [None if one is None else dense_array(one).copy() for one in gradients]
        return dict(zip(self.trained, arrays, strict=True))


def where_it_lies(variable: tf.Variable) -> NDArray[Any]:
    tensor = tf.raw_ops.ReadVariableOp(resource=variable.handle, dtype=variable.dtype)
    return np.asarray(memoryview(tensor))


def dense_array(gradient: Any) -> NDArray[Any]:
    """A gradient as an array: that of a table which is looked up in comes as rows of it."""
    array: NDArray[Any] = tf.convert_to_tensor(gradient).numpy()
    return array
