"""Models, losses and data that are given as Python objects, as what a lane's process can find them by."""

from __future__ import annotations

import inspect
import sys
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from fwtui.core.error_text import error_text
from fwtui.core.inputs import SpecError
from fwtui.system.temporary import folder
from fwtui.workloads.user.references import OBJECT_FILE, SIDES

_FORM = "a class or a function at the top of a module, its name, such as 'my_package.nets:Net', or a model"
_INSTANCES = {
    "torch": ("torch.nn.modules.module.Module",),
    "tensorflow": ("keras.src.layers.layer.Layer",),
}
"""What models are instances of, by framework: these are not imported to find out."""


def as_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a race, in which models and losses are references, and arrays are the path of a file.

    Raises:
        SpecError: another process could not find an object.
    """
    found = dict(given)
    for side in SIDES:
        if found.get(side) is not None:
            found[side] = _model(side, found[side])
    loss = found.get("loss")
    if loss is not None and not isinstance(loss, str):
        parts = loss if isinstance(loss, tuple | list) else (loss,)
        found["loss"] = ",".join(reference("loss", one) for one in parts)
    if isinstance(found.get("data"), Mapping):
        found["data"] = _saved(found["data"])
    if isinstance(found.get("layout"), Mapping):
        found["layout"] = ",".join(f"{key}={axes}" for key, axes in found["layout"].items())
    expect = found.get("expect")
    if expect is not None and not isinstance(expect, str):
        found["expect"] = ",".join(expect) or None
    return found


def _model(side: str, thing: Any) -> str:
    """The name by which another process finds a model; one that is there already is written into a file."""
    kinds = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(thing).__mro__]
    if not any(kind in _INSTANCES[side.removesuffix("_b")] for kind in kinds):
        return reference(side, thing)
    path = Path(tempfile.mkdtemp(dir=folder("models"))) / f"{type(thing).__name__}{OBJECT_FILE}"
    if type(thing).__module__ == "__main__":
        raise SpecError(side, f"a {type(thing).__name__} of a script", "a class in a module of its own")
    try:
        import_module(f"fwtui.backends.{side.removesuffix('_b')}.instances").write(thing, path)
    except Exception as error:  # whatever a part of it raises
        what = f"a {type(thing).__name__} that cannot be taken elsewhere ({error_text(error)})"
        raise SpecError(side, what, "its class, or a function that makes it") from error
    return str(path)


def reference(option: str, thing: Any) -> str:
    """The name by which another process finds a class or a function; a text is one already."""
    if isinstance(thing, str):
        return thing
    module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", "")
    if not (inspect.isclass(thing) or inspect.isroutine(thing)) or module is None:
        raise SpecError(option, f"a {type(thing).__name__}", _FORM)
    if "<" in name:
        raise SpecError(option, name, _FORM)
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None or module == "__main__":
        return f"{module if file is None else Path(file).resolve()}:{name}"
    # The folder that the module's first name is imported from, which another process need not search.
    depth = module.count(".") + (Path(file).name == "__init__.py")
    return f"{Path(file).resolve().parents[depth]}::{module}:{name}"


def _saved(arrays: Mapping[str, Any]) -> str:
    path = Path(tempfile.mkdtemp(dir=folder("data"))) / "data.npz"
    named: dict[str, Any] = {name: np.asarray(array) for name, array in arrays.items()}
    np.savez(path, **named)
    return str(path)
