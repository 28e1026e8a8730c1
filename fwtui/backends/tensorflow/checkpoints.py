"""Weights of Keras models in files, `.weights.h5` and `.keras`. Reading runs no code: no layer is made."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fwtui.backends.base import CheckpointError

SUFFIXES = (".h5", ".keras")


def restore(model: Any, path: Path) -> None:
    """Load a file's weights into the model, which is built.

    Raises:
        CheckpointError: it is no such file, or does not fit.
    """
    _check(model, path)
    if path.exists() and not path.is_file():
        raise CheckpointError(path.name, "is no file")
    try:
        model.load_weights(path)
    except FileNotFoundError:
        raise CheckpointError(path.name, "cannot be read: there is no such file") from None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        first = (" ".join(str(error).split()) or type(error).__name__)[:300]
        raise CheckpointError(path.name, f"does not fit, or cannot be read: {first}") from None
    for one in model.variables:
        if one.dtype.startswith(("float", "bfloat")) and not np.isfinite(one.numpy()).all():
            raise CheckpointError(path.name, f"has numbers in {one.path} that are not finite")


def save(model: Any, path: Path) -> None:
    """Write the model's weights, or for `.keras` the whole model."""
    _check(model, path)
    try:
        if path.suffix == ".keras":
            model.save(path)
        else:
            model.save_weights(path)
    except (OSError, ValueError, TypeError) as error:  # as for a model that nothing calls but its parts
        raise CheckpointError(path.name, f"cannot be written: {' '.join(str(error).split())[:300]}") from None


def _check(model: Any, path: Path) -> None:
    if not isinstance(model, keras.Model):
        raise CheckpointError(
            path.name, f"holds a keras.Model's weights, and the model is a {type(model).__name__}"
        )
    if path.suffix == ".h5" and not path.name.endswith(".weights.h5"):
        raise CheckpointError(path.name, "has a name that Keras does not read: it must end in .weights.h5")
