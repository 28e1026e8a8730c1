"""A user's file with nets as functions of parameters and batch.

What is wrong with the file itself is found when it is loaded, in any process; what its functions give, where
they are called, which for the nets is a lane's process alone.
"""

from __future__ import annotations

import os
from typing import ClassVar

import numpy as np

from fwtui.core.workload import Arrays, Loss
from fwtui.workloads.user.errors import NET, UserFileError
from fwtui.workloads.user.file import UserFile, kind_of, takes


class UserWorkload(UserFile):
    """A file with first weights, and a net for each framework that takes them and a batch."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("parameters", "batches")

    def nets(self) -> dict[str, tuple[str, str, str] | None]:
        """The file's nets, see `Description.nets`: every name at its top that ends in `_loss` may be one."""
        found: dict[str, tuple[str, str, str] | None] = {}
        for name in filter(lambda one: one.endswith(NET), self._names):
            try:
                self._check_function(name)
            except UserFileError as error:
                found[name.removesuffix(NET)] = error.where, error.what, error.hint
            else:
                found[name.removesuffix(NET)] = None
        return found

    def parameters(self, rng: np.random.Generator) -> Arrays:
        """What the file's `parameters` gives: named arrays of finite floating-point numbers."""
        with self._blamed():
            given = self._names["parameters"](rng)
        arrays = self._named("parameters", given)
        for name, array in arrays.items():
            kind = getattr(array, "dtype", None)
            if not isinstance(array, np.ndarray) or array.dtype.kind != "f" or not array.dtype.isnative:
                what = f"'{name}' is {kind_of(array)}, no array of floating-point numbers"
                raise self._wrong("parameters", what, f"'{name}': np.asarray(…, np.float64)")
            if not np.isfinite(array).all():
                bad = int(array.size - np.isfinite(array).sum())
                what = f"'{name}' ({kind}, shape {array.shape}) holds {bad:,} NaN or infinite numbers"
                raise self._wrong("parameters", what, "first weights must be finite")
        self._given["parameters"] = tuple(arrays)
        return arrays

    def loss(self, framework: str) -> Loss:
        """The file's network and loss for the framework with this key."""
        name = framework + NET
        if name not in self._names:
            raise UserFileError.without(self.file.path.name, name)
        self._check_function(name)
        with self._blamed():
            net: Loss = self._names[name]()
        if not callable(net):
            what = f"{name}() gave {kind_of(net)}, no function"
            raise self._wrong(name, what, "return the function (params, batch) -> loss itself")
        if not takes(net, 2):
            raise self._wrong(name, "the net takes the wrong number of parameters", "def net(params, batch):")
        self._net = name
        return net


def is_path(name: str) -> bool:
    """Whether a workload's name is meant as the path of a file."""
    return name.endswith(".py") or "/" in name or os.sep in name


def absolute(path: str) -> str:
    """`path` as every process finds it, whatever folder it runs in."""
    return os.path.abspath(os.path.expanduser(path))  # noqa: PTH111, PTH100, pathlib raises where no home is
