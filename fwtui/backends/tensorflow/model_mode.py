"""Training and evaluation mode of Keras's layers, which a call tells by an argument, `training`.

Keras evaluates where the outermost call has no such argument. In a loss that is trained with, such a call is
meant to train; and one with `training=True` is not meant to where what is held out is evaluated. Keras has no
hooks: `Layer.__call__` is replaced meanwhile, in this file alone.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras

from fwtui.backends.logbook import WRAPPERS

WRAPPERS.add(__file__)

Call = Callable[[Callable[..., Any], Any, tuple[Any, ...], dict[str, Any]], Any]
"""(Keras's own call, layer, positional arguments, named arguments) -> what the layer gives."""


@contextmanager
def training() -> Iterator[None]:
    """While entered, a model whose call does not say otherwise is in training mode."""
    with _outermost(training_arguments):
        yield


@contextmanager
def evaluating() -> Iterator[None]:
    """While entered, the outermost call of a model is in evaluation mode, whatever it says.

    A layer inside of it that is called with `training=True` of its own is left alone: it is meant.
    """
    with _outermost(_evaluates):
        yield


@contextmanager
def calls_replaced(call: Call) -> Iterator[None]:
    """While entered, every layer is called by `call`."""
    original = keras.layers.Layer.__call__

    def replaced(layer: Any, *given: Any, **named: Any) -> Any:
        return call(original, layer, given, named)

    keras.layers.Layer.__call__ = replaced
    try:
        yield
    finally:
        keras.layers.Layer.__call__ = original


Arguments = tuple[tuple[Any, ...], dict[str, Any]]


@contextmanager
def _outermost(arguments: Callable[[Any, tuple[Any, ...], dict[str, Any]], Arguments]) -> Iterator[None]:
    """While entered, a call that is inside of no other one gets `arguments` of what it was given."""
    depth = 0

    def call(original: Callable[..., Any], layer: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        nonlocal depth
        if not depth:
            given, named = arguments(layer, given, named)
        depth += 1
        try:
            return original(layer, *given, **named)
        finally:
            depth -= 1

    with calls_replaced(call):
        yield


def training_arguments(layer: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Arguments:
    """A call's arguments with training mode, unless they say something else."""
    says = named.get("training") is not None or _place(layer) < len(given)
    return given, named if says else {**named, "training": True}


def _evaluates(layer: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Arguments:
    if (place := _place(layer)) < len(given):
        return (*given[:place], False, *given[place + 1 :]), named
    return given, {**named, "training": False}


def _place(layer: Any) -> int:
    """Which positional argument of the layer's `call` is `training`; one that nobody gives where none is."""
    names = list(inspect.signature(layer.call).parameters)
    return names.index("training") if "training" in names else len(names) + 1
