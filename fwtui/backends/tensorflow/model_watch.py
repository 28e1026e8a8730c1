"""Which layers a forward pass calls, in which order, and what goes in and comes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from fwtui.backends.tensorflow.model_layers import is_opaque
from fwtui.backends.tensorflow.model_mode import calls_replaced, training_arguments
from fwtui.core.model_outline import LayerCall, LayerOutline, Moments
from fwtui.core.ndarray import Array


class Watch:
    """While entered, notes the first call of each Keras layer, but for those inside of an opaque one.

    Whatever mode a call asks for, it gets evaluation mode; or, where `training`, calls that ask for none get
    training mode.

    Attributes:
        order: the layers in the order in which their calls began.
        outputs: what the model itself gave at its first call.
    """

    def __init__(self, model: Any, training: bool = False) -> None:
        self._model, self._training = model, training
        self.order: list[Any] = []
        self.outputs: tuple[Moments, ...] = ()
        self._inputs: dict[int, tuple[Any, ...]] = {}
        self._gave: dict[int, Any] = {}
        self._inside = self._depth = 0

    def __enter__(self) -> Watch:
        self._replaced = calls_replaced(self._called)
        self._replaced.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._replaced.__exit__(None, None, None)

    def call(self, layer: Any, outline: LayerOutline, is_only_part: bool) -> LayerCall:
        """What went into the layer's first call and came out, as far as `outline` has a part in that."""
        array = _array(self._inputs[id(layer)]) if is_only_part else None
        gave = _array(self._gave.get(id(layer))) if _gives_its_own(layer, outline) and is_only_part else None
        sample = None
        if outline.kind == "dense" and array is not None and array.ndim == 2:
            sample = Array.of(array[0])
        return LayerCall(
            outline.name,
            None if array is None else Moments.of(array),
            None if gave is None else Moments.of(gave),
            sample,
        )

    def _called(self, original: Any, layer: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if self._training:
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
        if id(layer) not in self._inputs:
            self.order.append(layer)
            self._inputs[id(layer)] = given or tuple(named.values())
        opaque = is_opaque(layer)
        self._inside += opaque
        try:
            gave = original(layer, *given, **named)
        finally:
            self._inside -= opaque
        self._gave.setdefault(id(layer), gave)
        if layer is self._model and not self.outputs:
            self.outputs = tuple(
                Moments.of(array) for one in _flat(gave) if (array := _array(one)) is not None
            )
        return gave


def _gives_its_own(layer: Any, outline: LayerOutline) -> bool:
    """Whether no activation is computed in the same layer."""
    activation = getattr(layer, "activation", None)
    return outline.gives_its_own and activation in (None, keras.activations.linear)


def _array(value: Any) -> NDArray[Any] | None:
    """The first array in what a layer was given or gave; None in a graph, where there are no values."""
    first = next(_flat(value), None)
    if first is None or not hasattr(first, "numpy") or first.dtype.is_complex:
        return None
    return np.asarray(first.numpy(), np.float64)


def _flat(value: Any) -> Iterator[Any]:
    for one in tf.nest.flatten(value):
        if tf.is_tensor(one) and one.dtype != tf.string:
            yield one
