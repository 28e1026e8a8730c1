"""A Keras model, layer or `tf.Module` as it is: its layers by use, its weights in the common layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from fwtui.backends.tensorflow import checkpoints
from fwtui.backends.tensorflow.losses import outputs_loss
from fwtui.backends.tensorflow.model_build import build_layers
from fwtui.backends.tensorflow.model_layers import outlines, own_variables
from fwtui.backends.tensorflow.model_mode import evaluating
from fwtui.backends.tensorflow.model_names import named_variables, variable_of
from fwtui.backends.tensorflow.model_net import made
from fwtui.backends.tensorflow.model_watch import Watch, numpy_of
from fwtui.backends.tensorflow.random_ops import given_numbers
from fwtui.core.forward_pass import ForwardPass, ModuleCall
from fwtui.core.metrics import named_metrics
from fwtui.core.model_outline import (
    GradientSize,
    LayerCall,
    LayerOutline,
    ModelOutline,
    ModelTrace,
    ModelWeights,
    WeightOutline,
)
from fwtui.core.ndarray import Array
from fwtui.core.nested import Named
from fwtui.core.random_numbers import RandomNumbers
from fwtui.core.workload import Batch


def seed(number: int) -> None:
    """Seed Keras's, TensorFlow's, NumPy's and Python's generators, which first weights are drawn from."""
    keras.utils.set_random_seed(number)


def build(
    make: Callable[[], Any], loss: Callable[[Any, Mapping[str, Any]], Any] | None, dtype: str = "float64"
) -> TensorflowModel:
    """Make a model as a user's file gives it, while this is Keras's dtype.

    Args:
        loss: None for a scalar of all that the model gives.

    Raises:
        ModelError: it is no model, or no layer.
    """
    return TensorflowModel(made(make, dtype), loss or outputs_loss)


class TensorflowModel:
    """A model, and the loss that it is trained with.

    Args:
        model: built already or not: the first batch builds it.
        loss: (model, tensors of a batch) -> a scalar, or a dict of scalars with `loss` first.

    Attributes:
        outline: the layers that traces have found by now.
    """

    def __init__(self, model: Any, loss: Callable[[Any, Mapping[str, Any]], Any]) -> None:
        self._model, self._loss = model, loss
        self.outline = ModelOutline(())
        self._called: list[Any] = []
        self._variables: dict[str, Any] = {}
        self._gave: list[list[Named[NDArray[Any]]]] = []
        self._found: dict[tuple[str, str], tuple[WeightOutline, Any]] = {}

    def trace(
        self, batch: Batch, training: bool = False, turned: Sequence[tuple[int, int]] = ()
    ) -> ModelTrace:
        """Evaluate the loss of `batch` and its gradients, in evaluation mode or in `training` mode.

        Random numbers are given ones, see `RandomNumbers`; no weight and no state changes.
        """
        tensors = _tensors(batch)
        if not self.outline.layers:  # layers are built by calls that have no values yet
            build_layers(self._model, lambda: self._loss(self._model, tensors))
        state = [(one, variable_of(one).numpy()) for one in self._model.non_trainable_variables]
        numbers = given_numbers(RandomNumbers(0, turned), refuses=False)
        with numbers, Watch(self._model, training) as watch, tf.GradientTape() as tape:
            metrics = named_metrics(self._loss(self._model, tensors))
        before, known = self.outline, set(map(id, self._called))
        new = [one for one in watch.order if id(one) not in known]
        if new or not before.layers:
            self._called += new
            self.outline = self._outlined(self._called)
        trained = [(layer, one) for layer, one in self.outline.weights() if one.trained]
        names = list(dict.fromkeys(one.own for _, one in trained))
        variables = [variable_of(self._variables[name]) for name in names]
        own = dict(zip(names, tape.gradient(metrics["loss"], variables), strict=True))
        self._found = {(layer.name, one.role): (one, own[one.own]) for layer, one in trained}
        gradients = tuple((key, self._size(key)) for key in self._found)
        self.outline = self.outline.used_by(gradients, before)
        values = tuple((name, float(value)) for name, value in metrics.items())
        for variable, value in state:
            variable_of(variable).assign(value)
        return ModelTrace(tuple(self._calls(watch)), watch.outputs, values, gradients)

    def gradient(self, layer: str, role: str) -> NDArray[Any]:
        """One that the last trace found, in the common layout."""
        one, gradient = self._found[layer, role]
        return one.layout.common(tf.convert_to_tensor(gradient).numpy())

    def _size(self, key: tuple[str, str]) -> GradientSize | None:
        return None if self._found[key][1] is None else GradientSize.of(self.gradient(*key))

    def forward(self, batch: Batch) -> ForwardPass:
        """One forward pass in evaluation mode, see `gave`."""
        numbers = given_numbers(RandomNumbers(0), refuses=False)
        with evaluating(), numbers, Watch(self._model, training=None, keeps=True) as watch:
            metrics = named_metrics(self._loss(self._model, _tensors(batch)))
        inside = [one for one in watch.order if one is not self._model]
        values = tuple((name, Array.of(numpy_of(one))) for name, one in metrics.items())
        outputs = watch.kept(self._model)
        self._gave = [outputs, *map(watch.kept, inside)]
        names = {id(variable): name for name, variable in self._variables.items()}
        calls = tuple(
            ModuleCall(
                getattr(one, "path", None) or one.name,
                type(one).__name__,
                tuple(dict.fromkeys(names[id(v)] for v in _every_variable(one) if id(v) in names)),
                watch.given(one),
                watch.gave(one),
            )
            for one in inside
        )
        return ForwardPass(bool(outputs), values, calls)

    def gave(self, place: int) -> list[Named[NDArray[Any]]]:
        """What the last forward pass gave: 0 for its outputs, from 1 on for its calls."""
        return self._gave[place]

    def weights(self) -> ModelWeights:
        """A copy of the present weights and states."""
        return {
            (layer.name, one.role): np.array(one.layout.common(variable_of(self._variables[one.own]).numpy()))
            for layer, one in self.outline.weights()
        }

    def restore(self, path: str) -> None:
        """Load the weights of a file. CheckpointError where it cannot be used."""
        checkpoints.restore(self._model, Path(path))

    def save(self, path: str) -> None:
        """Write the present weights into a file."""
        checkpoints.save(self._model, Path(path))

    def load(self, weights: ModelWeights) -> None:
        """Put `weights` into the model.

        Raises:
            ValueError: an array has another shape than the model's.
        """
        for layer, one in self.outline.weights():
            if (array := weights.get((layer.name, one.role))) is not None:
                variable = variable_of(self._variables[one.own])
                own = np.array(variable.numpy())
                one.layout.write(array, own)
                variable.assign(own)

    def _outlined(self, order: list[Any]) -> ModelOutline:
        """The layers by first use; behind them those that are not called, in the order of definition."""
        everything = _all_layers(self._model)
        called = set(map(id, order))
        uncalled = [one for one in everything if id(one) not in called]
        names = {id(variable): name for name, variable in named_variables(self._model).items()}
        layers: list[LayerOutline] = []
        taken: set[tuple[str, Any]] = set()
        for layer in (*order, *uncalled):
            for outline in self._renamed(layer, names):
                weights = [one for one in outline.weights if (one.own, one.layout.rows) not in taken]
                taken |= {(one.own, one.layout.rows) for one in weights}
                if weights:
                    is_used = id(layer) in called or layer is self._model
                    layers.append(replace(outline, weights=tuple(weights), is_used=is_used))
        return ModelOutline((*layers, *self._of_module()))

    def _renamed(self, layer: Any, names: Mapping[int, str]) -> Iterator[LayerOutline]:
        """The layer's outlines, each variable by the name that no other of the model has."""
        variables = {one.path: one for one in _every_variable(layer)}
        for outline in outlines(layer):
            weights = []
            for one in outline.weights:
                variable = variables[one.own]
                weights.append(replace(one, own=names.get(id(variable), one.own)))
                self._variables[weights[-1].own] = variable
            yield replace(outline, weights=tuple(weights))

    def _of_module(self) -> Iterator[LayerOutline]:
        """The variables that a `tf.Module` holds itself, in which no call can be seen."""
        if not isinstance(self._model, tf.Module):
            return
        weights = []
        for name, variable in named_variables(self._model).items():
            if variable.dtype.is_floating:
                self._variables[name] = variable
                shape = tuple(variable.shape)
                weights.append(WeightOutline(name, name, shape, shape, trained=variable.trainable))
        if weights:
            yield LayerOutline(
                self._model.name, "parameters", type(self._model).__name__, tuple(weights), False
            )

    def _calls(self, watch: Watch) -> Iterator[LayerCall]:
        known = {layer.name: layer for layer in self.outline.layers}
        for layer in watch.order:
            parts = [known[one.name] for one in outlines(layer) if one.name in known]
            for outline in parts:
                yield watch.call(layer, outline, len(parts) == 1)


def _tensors(batch: Batch) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else tf.constant(value) for name, value in batch.items()}


def _all_layers(model: Any) -> list[Any]:
    return list(model._flatten_layers()) if hasattr(model, "_flatten_layers") else []


def _every_variable(layer: Any) -> list[Any]:
    return list(layer.variables) or own_variables(layer)
