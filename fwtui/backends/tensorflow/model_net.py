"""A Keras model, layer or `tf.Module` as it is, as what a lane trains."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from fwtui.backends.base import Gradients, Job, JobModel, ModelError
from fwtui.backends.tensorflow.device import tensorflow_name
from fwtui.backends.tensorflow.layer_scopes import LayerScopes
from fwtui.backends.tensorflow.model_build import build_layers
from fwtui.backends.tensorflow.model_mode import evaluating, training
from fwtui.backends.tensorflow.model_names import counted_from_start, named_variables, variable_of
from fwtui.backends.tensorflow.model_optimizer import OwnOptimizer
from fwtui.backends.tensorflow.model_penalties import left_out
from fwtui.backends.tensorflow.net import Metrics, Net, dense_array, tensors_of, where_it_lies
from fwtui.backends.tensorflow.random_ops import begin, given_numbers
from fwtui.core.lane_model import LaneWeight
from fwtui.core.metrics import named_metrics
from fwtui.core.random_numbers import RandomNumbers
from fwtui.core.workload import Arrays


class ModelNet(Net):
    """A Keras model, layer or `tf.Module` as it is, and a loss of model and batch.

    Raises:
        ModelError: what the file gives is no model.
    """

    def __init__(self, job: Job, model: JobModel) -> None:
        device = tensorflow_name(job.device)
        with tf.device(device):
            self._model, self._loss, self._weights = made(model.make, job.dtype), model.loss, model.weights
            build_layers(self._model, lambda: self._loss(self._model, tensors_of(job.batch, device)))
        self._function = model.function
        own = named_variables(self._model, self._function)
        trained = {id(variable) for variable in self._model.trainable_variables}
        whole = [one for one in model.weights if one.kind == "parameter" and one.is_whole]
        names, self.views = {one.own: one.name for one in whole}, {one.name: one.view for one in whole}
        self._own_names = tuple(name for name, one in own.items() if id(one) in trained)
        self._make_optimizer, self._has_exact_numbers = model.optimizer, model.exact_numbers
        self._own = {name: variable_of(one) for name, one in own.items()}
        self.trained = {names.get(name, name): self._own[name] for name in self._own_names}
        self.untrained = [one for name, one in self._own.items() if name not in self._own_names]
        self.load({**model.state, **job.parameters})
        if job.random_numbers is not None:
            self.give(job.random_numbers, tensors_of(job.batch, device))

    def metrics(self, batch: Mapping[str, Any]) -> Metrics:
        """The metrics of a batch, the model in training mode unless the loss says otherwise."""
        with self._named_in_graphs(), training(), self._given():
            return named_metrics(self._loss(self._model, batch))

    def ignored(self, call: Callable[[], object]) -> tuple[str, ...]:
        """Penalties and constraints of its layers that the training leaves out."""
        return tuple(left_out(self._model, call, self._make_optimizer is not None))

    @contextmanager
    def layers_followed(self) -> Iterator[Callable[[], str]]:
        """While entered, the function that it gives tells the path of the layer that is called now."""
        with LayerScopes(self._model) as scopes:
            yield lambda: scopes.path

    def _named_in_graphs(self) -> LayerScopes:
        """Names the ops that are traced by their layers; what runs op by op has no names."""
        return LayerScopes(None if tf.executing_eagerly() else self._model)

    @property
    def has_modes(self) -> bool:
        """As every module and layer may have."""
        return True

    def evaluated(self, batch: Mapping[str, Any]) -> Metrics:
        """The metrics of a batch in evaluation mode."""
        with evaluating(), self._given():
            return named_metrics(self._loss(self._model, batch))

    def give(self, numbers: RandomNumbers, batch: Mapping[str, Any]) -> None:
        """Give these random numbers, if it draws any for a batch: that takes time.

        Raises:
            NotImplementedError: it draws numbers that cannot be given.
        """
        self.numbers = numbers
        with self.put_back():
            self.metrics(batch)
        if not numbers.count:
            self.numbers = None

    @contextmanager
    def _given(self) -> Iterator[None]:
        if self.numbers is None:
            yield
            return
        begin(self.numbers)
        with given_numbers(self.numbers):
            yield

    def optimizer(self, otherwise: Callable[[list[tf.Variable]], Any]) -> Any:
        """The file's, where it gives one."""
        if self._make_optimizer is None:
            return super().optimizer(otherwise)
        named = named_variables(self._model, self._function)
        variables = [named[name] for name in self._own_names]
        return OwnOptimizer(self._make_optimizer, self._model, variables, self._has_exact_numbers)

    @property
    def parameters(self) -> Mapping[str, tf.Variable]:
        """What is trained, and what is frozen here."""
        frozen = (one for one in self._of("parameter") if one.is_whole and one.name not in self.trained)
        return {**self.trained, **{one.name: self._own[one.own] for one in frozen}}

    def own_gradients(self, gradients: Gradients) -> list[tf.Tensor | None]:
        """Each variable's, put together from those of its parts; None where no part has one."""
        found: dict[str, NDArray[Any]] = {}
        for one in self._of("parameter"):
            if (gradient := gradients.get(one.name)) is not None:
                array = found.setdefault(one.own, np.zeros_like(self._own[one.own].numpy()))
                one.view.write(gradient, array)
        return [tf.constant(found[name]) if name in found else None for name in self._own_names]

    def weights(self) -> Arrays:
        """The present weights that all lanes have, copied to NumPy."""
        return self._common("parameter")

    def state(self) -> Arrays:
        """The present state that all lanes have, copied to NumPy."""
        return self._common("state")

    def load(self, arrays: Arrays) -> None:
        """Put weights and state in the place of the present ones.

        Raises:
            ModelError: the model has not built a variable.
            ValueError: an array has another shape.
        """
        for one in self._weights:
            if (array := arrays.get(one.name)) is not None:
                if (variable := self._own.get(one.own)) is None:
                    what = f"has no variable {one.own} after its first call"
                    raise ModelError(what, "build every layer where the model is made")
                own = np.array(variable.numpy())
                one.view.write(array, own)
                variable.assign(own)

    def latest(self, gradients: Sequence[Any]) -> Arrays:
        """Weights and gradients where they lie, as far as their layout is the common one."""
        arrays = {
            f"parameter {one.name}": one.view.common(where_it_lies(self._own[one.own]))
            for one in self._of("parameter")
        }
        for name, gradient in self._by_name(gradients, strict=False):
            if gradient is not None:
                arrays[f"gradient {name}"] = gradient
        return arrays

    def named(self, gradients: Sequence[Any]) -> Gradients:
        """A copy of the gradients by weight; None for one that this side does not train."""
        found = self._by_name(gradients, strict=True)
        return {name: None if one is None else np.array(one) for name, one in found}

    def _by_name(self, gradients: Sequence[Any], strict: bool) -> Iterator[tuple[str, NDArray[Any] | None]]:
        own = dict(zip(self._own_names, gradients, strict=strict))
        dense = {name: dense_array(one) for name, one in own.items() if one is not None}
        for one in self._of("parameter"):
            yield one.name, one.view.common(dense[one.own]) if one.own in dense else None

    def _of(self, kind: str) -> Iterator[LaneWeight]:
        return (one for one in self._weights if one.kind == kind)

    def _common(self, kind: str) -> Arrays:
        return {one.name: np.array(one.view.common(self._own[one.own].numpy())) for one in self._of(kind)}


def made(make: Callable[[], Any], dtype: str) -> Any:
    """What a user's function gives as a model: its layers are named as if none had been made before.

    Raises:
        ModelError: it is none, or all of its variables have another dtype.
    """
    with counted_from_start():
        model = make()
    if not isinstance(model, tf.Module | keras.layers.Layer):
        what = f"a {type(model).__name__}, no keras.Model, layer or tf.Module"
        raise ModelError(what, "return the model itself")
    found = {tf.as_dtype(one.dtype).name for one in model.trainable_variables}
    if found and dtype not in found:
        what = f"{type(model).__name__} in {', '.join(sorted(found))} where {dtype} is needed"
        raise ModelError(what, "make its variables in the function, of the dtype keras.config.floatx()")
    return model
