"""A straight line through points that lie around one: two parameters, which can be checked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fwtui.core.workload import Arrays, Batch
from fwtui.workloads.base import PackagedWorkload


@dataclass(frozen=True, kw_only=True)
class StraightLine(PackagedWorkload):
    """`slope * x + intercept` against `y`, mean squared error.

    Attributes:
        batch: how many points.
    """

    summary: ClassVar[str] = "a straight line through points that lie around one"

    batch: int = 32

    STEPS: int = 200
    OPTIMIZER: str = "sgd"
    LEARNING_RATE: float = 0.1

    def parameters(self, rng: np.random.Generator) -> Arrays:
        """`slope` and `intercept`, (1,) each."""
        return {"slope": rng.standard_normal(1), "intercept": np.zeros(1)}

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """`x` and `y`, (batch,); other points in each step."""
        while True:
            x = rng.uniform(-1, 1, self.batch)
            yield {"x": x, "y": 3 * x + 1 + 0.1 * rng.standard_normal(self.batch)}

    def shape(self) -> str:
        """The equation."""
        return "slope·x + intercept"


PRESETS = {"default": StraightLine()}
