"""Two weight matrices with a ReLU between them, fitted to random targets: the smallest net worth racing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from fwtui.core.workload import Arrays, Batch
from fwtui.workloads.base import PackagedWorkload


@dataclass(frozen=True, kw_only=True)
class TwoLayer(PackagedWorkload):
    """`relu(x @ w1) @ w2` against `y`, squared error; everything standard normal, no bias.

    Attributes:
        batch: rows of `x` and `y`.
        d_in: columns of `x`, rows of `w1`.
        hidden: columns of `w1`, rows of `w2`.
        d_out: columns of `w2` and `y`; None: as many as `d_in`, whatever that is set to.
        reduction: `sum` of all squared errors, or the `row mean`: each row's sum, averaged over the batch.
    """

    summary: ClassVar[str] = "two weight matrices, ReLU between, squared error on one random batch"

    batch: int = 64
    d_in: int = 1000
    hidden: int = 100
    d_out: int | None = 10
    reduction: Literal["sum", "row mean"] = "sum"

    STEPS: int = 500
    OPTIMIZER: str = "sgd"
    LEARNING_RATE: float = 1e-6

    @property
    def outputs(self) -> int:
        """Columns of `w2` and `y`: `d_out`, or `d_in` where that is None."""
        return self.d_in if self.d_out is None else self.d_out

    def parameters(self, rng: np.random.Generator) -> Arrays:
        """`w1` (d_in, hidden) and `w2` (hidden, outputs), standard normal, float64."""
        return {
            "w1": rng.standard_normal((self.d_in, self.hidden)),
            "w2": rng.standard_normal((self.hidden, self.outputs)),
        }

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """`x` (batch, d_in) and `y` (batch, outputs), standard normal, float64; the same object always."""
        batch: Batch = {
            "x": rng.standard_normal((self.batch, self.d_in)),
            "y": rng.standard_normal((self.batch, self.outputs)),
        }
        while True:
            yield batch

    def shape(self) -> str:
        """Such as `64×1000→100→10 relu`."""
        return f"{self.batch}×{self.d_in}→{self.hidden}→{self.outputs} relu"

    def sizes(self) -> dict[str, int]:
        """`batch`, `d_in`, `hidden` and `d_out`, the last with the value it comes to."""
        return {**super().sizes(), "d_out": self.outputs}


PRESETS: dict[str, PackagedWorkload] = {
    "dynamic": TwoLayer(),
    "static": TwoLayer(d_out=None, reduction="row mean", STEPS=50, LEARNING_RATE=1e-5),
}
