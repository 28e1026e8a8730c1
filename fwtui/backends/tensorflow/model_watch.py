"""Which layers a forward pass calls, in which order, and what goes in and comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from fwtui.backends.tensorflow.model_layers import activates_last, is_opaque
from fwtui.backends.tensorflow.model_mode import calls_replaced, training_arguments
from fwtui.core.model_outline import LayerCall, LayerOutline
from fwtui.core.moments import Moments
from fwtui.core.ndarray import Array
from fwtui.core.nested import Named, flattened


class Watch:
    """While entered, notes the first call of each Keras layer, but for those inside of an opaque one.

    What a layer gives is noted before its own activation, which other frameworks have as a layer.

    Args:
        training: False: whatever mode a call asks for, it gets evaluation mode. True: calls that ask for none
            get training mode. None: calls are left alone.
        keeps: whether what layers gave is kept.

    Attributes:
        order: the layers in the order in which their calls began.
        outputs: what the model itself gave at its first call.
    """

    def __init__(self, model: Any, training: bool | None = False, keeps: bool = False) -> None:
        self._model, self._training, self._keeps = model, training, keeps
        self.order: list[Any] = []
        self.outputs: tuple[Named[Moments], ...] = ()
        self._kept: dict[int, list[Named[NDArray[Any]]]] = {}
        self._given: dict[int, Moments | None] = {}
        self._gave: dict[int, Moments | None] = {}
        self._samples: dict[int, Array] = {}
        self._inside = self._depth = 0

    def __enter__(self) -> Watch:
        self._replaced = ExitStack()
        self._replaced.enter_context(calls_replaced(self._called))
        if not isinstance(self._model, keras.layers.Layer) and callable(self._model):
            self._replaced.enter_context(_module_called(self._model, self._of_module))
        return self

    def __exit__(self, *_: object) -> None:
        self._replaced.close()

    def call(self, layer: Any, outline: LayerOutline, is_only_part: bool) -> LayerCall:
        """What went into the layer's first call and came out, as far as `outline` has a part in that."""
        gives_its_own = outline.gives_its_own and not _activates(layer)
        return LayerCall(
            outline.name,
            self._given[id(layer)] if is_only_part else None,
            self._gave.get(id(layer)) if is_only_part and gives_its_own else None,
            self._samples.get(id(layer)) if is_only_part and outline.kind == "dense" else None,
        )

    def given(self, layer: Any) -> Moments | None:
        """Of the first input of the layer's first call."""
        return self._given[id(layer)]

    def gave(self, layer: Any) -> Moments | None:
        """Of the first output of the layer's first call."""
        return self._gave.get(id(layer))

    def kept(self, layer: Any) -> list[Named[NDArray[Any]]]:
        """All that the layer's first call gave."""
        return self._kept.get(id(layer), [])

    def _called(self, original: Any, layer: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if self._training is None:
            pass
        elif self._training:
            given, named = training_arguments(layer, given, named) if not self._depth else (given, named)
        elif "training" in named:
            named["training"] = False
        self._depth += 1
        try:
            return self._noted(original, layer, given, named)
        finally:
            self._depth -= 1

    def _noted(self, original: Any, layer: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if self._inside:
            return original(layer, *given, **named)
        is_first = id(layer) not in self._given
        if is_first:
            self.order.append(layer)
            self._begins(layer, given or tuple(named.values()))
        opaque = is_opaque(layer)
        self._inside += opaque
        try:
            with _before_activation(layer) as before:
                gave = original(layer, *given, **named)
        finally:
            self._inside -= opaque
        if is_first:
            is_part = before and layer is not self._model
            self._ends(layer, before[0] if is_part else gave)
        return gave

    def _of_module(self, original: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        gave = original(*given, **named)
        if id(self._model) not in self._gave:
            self._ends(self._model, gave)
        return gave

    def _begins(self, layer: Any, given: tuple[Any, ...]) -> None:
        array = _first(given)
        self._given[id(layer)] = None if array is None else Moments.of(array)
        if array is not None and array.ndim == 2:
            self._samples[id(layer)] = Array.of(array[0])

    def _ends(self, layer: Any, gave: Any) -> None:
        array = _first(gave)
        self._gave[id(layer)] = None if array is None else Moments.of(array)
        if self._keeps:
            self._kept[id(layer)] = [(name, numpy_of(one)) for name, one in _tensors(gave)]
        if layer is self._model:
            arrays = [(name, _real(one)) for name, one in _tensors(gave)]
            self.outputs = tuple((name, Moments.of(one)) for name, one in arrays if one is not None)


@contextmanager
def _module_called(module: Any, noted: Callable[..., Any]) -> Iterator[None]:
    """While entered, calls of a `tf.Module`, which Keras has no part in, go through `noted`."""
    kind = type(module)
    original = kind.__call__

    def called(self: Any, *given: Any, **named: Any) -> Any:
        own = original.__get__(self, kind)
        return noted(own, given, named) if self is module else own(*given, **named)

    own = vars(kind).get("__call__")
    kind.__call__ = called
    try:
        yield
    finally:
        if own is None:
            del kind.__call__
        else:
            kind.__call__ = own


@contextmanager
def _before_activation(layer: Any) -> Iterator[list[Any]]:
    """While entered, what a layer that activates last is about to activate is noted in the list."""
    noted: list[Any] = []
    if not activates_last(layer):
        yield noted
        return
    activation = layer.activation

    def activated(given: Any) -> Any:
        noted.append(given)
        return activation(given)

    layer.activation = activated
    try:
        yield noted
    finally:
        layer.activation = activation


def _activates(layer: Any) -> bool:
    """Whether an activation is computed in what the layer was seen to give."""
    has_one = getattr(layer, "activation", None) not in (None, keras.activations.linear)
    return has_one and not activates_last(layer)


def numpy_of(tensor: Any) -> NDArray[Any]:
    """A tensor as an array; bfloat16, which NumPy has not, as float32."""
    plain = tf.cast(tensor, tf.float32) if tensor.dtype == tf.bfloat16 else tensor
    return np.asarray(plain.numpy())


def _first(value: Any) -> NDArray[Any] | None:
    """The first array in what a layer was given or gave; None in a graph, where there are no values."""
    return next((_real(one) for _, one in _tensors(value)), None)


def _real(tensor: Any) -> NDArray[Any] | None:
    return None if tensor.dtype.is_complex or not hasattr(tensor, "numpy") else numpy_of(tensor)


def _tensors(value: Any) -> Iterator[Named[Any]]:
    return flattened(value, lambda one: tf.is_tensor(one) and one.dtype != tf.string)
