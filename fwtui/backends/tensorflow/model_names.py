"""The names of a model's variables, the same each time that the model is made.

Keras numbers the names of layers through the whole process, so that a model made again has other names. The
counters are private to Keras, and replaced in this file alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import tensorflow as tf
from keras.src.backend.common import global_state

_COUNTERS = "object_name_uids"


@contextmanager
def counted_from_start() -> Iterator[None]:
    """While entered, layers are named as if none had been made before."""
    before = global_state.get_global_attribute(_COUNTERS)
    global_state.set_global_attribute(_COUNTERS, defaultdict(int))
    try:
        yield
    finally:
        global_state.set_global_attribute(_COUNTERS, before)


_first_names: dict[str, tuple[list[tuple[int | None, ...]], list[str]]] = {}
"""By function: the shapes and names of the variables of the first model that it gave in this process."""


def named_variables(model: Any, function: str = "") -> dict[str, Any]:
    """A model's variables by name; of several of one name, the later ones get a number.

    Args:
        function: what gave the model. The next one that it gives has the names of the first: a module may
            make layers when it is imported, or count the names that it gives.
    """
    found = _named(model)
    if not function:
        return found
    shapes = [tuple(one.shape) for one in found.values()]
    before, names = _first_names.setdefault(function, (shapes, list(found)))
    return dict(zip(names, found.values(), strict=True)) if shapes == before else found


def _named(model: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for variable in model.variables:
        name = known = getattr(variable, "path", None) or variable.name.partition(":")[0]
        count = 1
        while name in found:
            count += 1
            name = f"{known}#{count}"
        found[name] = variable
    return found


def variable_of(variable: Any) -> Any:
    """The `tf.Variable` of a Keras variable; any other is one."""
    return getattr(variable, "value", variable) if not isinstance(variable, tf.Variable) else variable
