"""Which layer of a model an op belongs to: eagerly by the calls that run, in a graph by its name.

Keras numbers the names that its layers have in a graph. That of a layer is replaced by its path where it
begins to be called, through an attribute that is private to Keras's `name_scope`, in this file alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
import tensorflow as tf

from fwtui.backends.logbook import WRAPPERS
from fwtui.backends.tensorflow.model_mode import calls_replaced

WRAPPERS.add(__file__)


class LayerScopes:
    """While entered, follows which layer is called, and names ops in graphs by it.

    Attributes:
        path: of the innermost layer that is called, such as `encoder/dense`; "" outside of all of them, and
            in the model itself.

    Args:
        model: None for a network that is no model, in which all paths are "".
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._called_now: list[str] = []
        self._entered = ExitStack()

    @property
    def path(self) -> str:
        return "/".join(self._called_now)

    def __enter__(self) -> LayerScopes:
        if self._model is not None:
            self._entered.enter_context(calls_replaced(self._called))
        return self

    def __exit__(self, *_: object) -> None:
        self._entered.close()

    def _called(
        self, original: Callable[..., Any], layer: Any, given: tuple[Any, ...], named: dict[str, Any]
    ) -> Any:
        is_part = layer is not self._model
        self._called_now += [layer.name] if is_part else []
        try:
            with _named(layer, self.path):
                return original(layer, *given, **named)
        finally:
            del self._called_now[len(self._called_now) - is_part :]


@contextmanager
def _named(layer: Any, path: str) -> Iterator[None]:
    """While entered in a graph, ops are named after `path`, and Keras, which finds a scope of this layer
    already entered, opens no other one."""
    if tf.executing_eagerly():
        yield
        return
    scope = keras.name_scope(layer.name, caller=layer)
    scope._tf_name_scope = tf.name_scope(f"{path}/" if path else "")
    with scope:
        yield
