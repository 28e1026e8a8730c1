"""Keras builds a layer when it is called: so that all are built, a loss is called in both modes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fwtui.backends.tensorflow.model_mode import evaluating, training
from fwtui.backends.tensorflow.model_names import counted_from_start, variable_of


def build_layers(model: Any, call: Callable[[], Any]) -> None:
    """Call a loss in evaluation mode, and where layers stay unbuilt in training mode; no state changes.

    Args:
        call: calls the loss.
    """
    with counted_from_start():
        with evaluating():
            call()
        if all(layer.built for layer in _layers(model)):
            return
        state = [(one, variable_of(one).numpy()) for one in model.non_trainable_variables]
        with training():
            call()
        for variable, value in state:
            variable_of(variable).assign(value)


def _layers(model: Any) -> list[Any]:
    return list(model._flatten_layers()) if hasattr(model, "_flatten_layers") else []
