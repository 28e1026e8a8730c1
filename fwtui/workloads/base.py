"""A built-in workload: its settings, and the nets beside it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib import import_module
from typing import Any, ClassVar

import numpy as np

from fwtui.core.workload import Arrays, Batch, Loss


@dataclass(frozen=True, kw_only=True)
class BuiltIn(ABC):
    """A built-in workload: `workload.py` with `net_torch.py` and `net_tensorflow.py` beside it.

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

    def torch_loss(self) -> Loss:
        """`net_torch.loss(self)`."""
        loss: Loss = self._net("net_torch").loss(self)
        return loss

    def tensorflow_loss(self) -> Loss:
        """`net_tensorflow.loss(self)`."""
        loss: Loss = self._net("net_tensorflow").loss(self)
        return loss

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

    def _net(self, file: str) -> Any:
        return import_module(f"{type(self).__module__.rpartition('.')[0]}.{file}")
