"""A workload of an importable package, fwtui's own or another: its settings, and its nets.

The net for a framework is the function `loss(workload)` of a module: `net_KEY.py` beside the workload, where
KEY is the framework's. A package that adds a framework adds nets for workloads that are not its own by an
entry point KEY in the group `fwtui.nets`: it names a package with a module for each, such as `two_layer.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib import import_module
from importlib.util import find_spec
from typing import ClassVar

import numpy as np

from fwtui.core import entry_points
from fwtui.core.inputs import SpecError
from fwtui.core.workload import Arrays, Batch, Loss

GROUP = "fwtui.nets"


@dataclass(frozen=True, kw_only=True)
class PackagedWorkload(ABC):
    """Settings, data and nets.

    The nets are reached by name when they are called for, so that `workload.py` needs NumPy alone.
    A subclass's fields in lower case are its settings; those that are whole numbers can be set as sizes.
    """

    summary: ClassVar[str]

    STEPS: int
    OPTIMIZER: str
    LEARNING_RATE: float

    @abstractmethod
    def parameters(self, rng: np.random.Generator) -> Arrays:
        """The first weights, by name, in float64."""

    @abstractmethod
    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """One batch a step, without end. The same object again means the same data again."""

    def held_out(self, rng: np.random.Generator) -> Batch | None:
        """None: no data held out."""
        return None

    def loss(self, framework: str) -> Loss:
        """The network and its loss. SpecError as `require`."""
        loss: Loss = import_module(self.net(framework)).loss(self)
        return loss

    def require(self, framework: str) -> None:
        """SpecError where there is no net for the framework with this key."""
        self.net(framework)

    def net(self, framework: str) -> str:
        """The module that holds the net for a framework, which is not imported. SpecError as `require`."""
        package = type(self).__module__.rpartition(".")[0]
        modules = [f"{package}.net_{framework}"]
        modules += [
            f"{one.value}.{package.rpartition('.')[2]}"
            for one in entry_points.in_group(GROUP)
            if one.name == framework
        ]
        found = next(filter(_exists, modules), None)
        if found is None:
            name = package.rpartition(".")[2].replace("_", "-")
            raise SpecError(
                "--workload", name, f"a workload with a net for {framework}, such as a file of yours"
            )
        return found

    @abstractmethod
    def shape(self) -> str:
        """The network in a few signs, such as `64×1000→100→10 relu`."""

    def sizes(self) -> dict[str, int]:
        """The settings that are whole numbers, by name, with their values."""
        return {
            f.name: v
            for f in fields(self)
            if f.name.islower() and isinstance(v := getattr(self, f.name), int)
        }


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:  # of the package that it should be in
        return False
