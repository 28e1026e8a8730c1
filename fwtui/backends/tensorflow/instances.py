"""A Keras model that a user has at hand, on its way into another process, which may need another dtype.

Its variables cannot be cast: it is created again from its configuration, with its weights.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

from fwtui.system import object_file
from fwtui.system.object_file import Kinds


def write(model: keras.layers.Layer, path: Path) -> None:
    """Write a model into a file.

    Raises:
        Exception: whatever a layer of the user's raises that has no configuration.
    """
    classes = {type(one).__name__: type(one) for one in model._flatten_layers()}
    facts = type(model), model.get_config(), model.get_build_config(), model.get_weights()
    object_file.write((classes, *facts), path, Kinds())


def model(path: str) -> Any:
    """The model that was written, in Keras's dtype.

    Raises:
        Exception: whatever a layer of the user's raises that cannot be made from its configuration.
    """
    classes, kind, config, build_config, weights = object_file.read(path, Kinds())
    with keras.saving.custom_object_scope(classes):
        made = kind.from_config(_in_dtype(config, keras.config.floatx()))
        if not made.built:
            made.build_from_config(build_config)
    made.set_weights(weights)
    return made


def _in_dtype(config: Any, dtype: str) -> Any:
    """A configuration whose layers compute in `dtype`, where they did in float32."""
    if isinstance(config, dict):
        if config.get("class_name") == "DTypePolicy" and config["config"].get("name") == "float32":
            return {**config, "config": {**config["config"], "name": dtype}}
        return {
            key: dtype if key == "dtype" and value == "float32" else _in_dtype(value, dtype)
            for key, value in config.items()
        }
    if isinstance(config, list | tuple):
        return type(config)(_in_dtype(one, dtype) for one in config)
    return config
