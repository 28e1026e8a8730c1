"""A small classifier of handwritten digits: real data, minibatches, and an accuracy to watch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fwtui.core.workload import Arrays, Batch
from fwtui.workloads import digits
from fwtui.workloads.base import PackagedWorkload
from fwtui.workloads.initial import he_normal


@dataclass(frozen=True, kw_only=True)
class DigitsMlp(PackagedWorkload):
    """64 pixels → `hidden` → 10 classes, ReLU, biases, softmax cross-entropy.

    Attributes:
        batch: images a step, at most as many as are trained on (SpecError).
        hidden: units of the hidden layer.
    """

    summary: ClassVar[str] = "handwritten digits, 8×8 pixels, one hidden layer, softmax cross-entropy"

    batch: int = 64
    hidden: int = 128

    STEPS: int = 2000
    OPTIMIZER: str = "sgd"
    LEARNING_RATE: float = 0.1

    def __post_init__(self) -> None:
        digits.check_batch(self.batch)

    def parameters(self, rng: np.random.Generator) -> Arrays:
        """`w1` (64, hidden), `b1` (hidden,), `w2` (hidden, 10), `b2` (10,), float64.

        Weights are He's normal ones, biases are zero.
        """
        return {
            "w1": he_normal(rng, digits.PIXELS, self.hidden),
            "b1": np.zeros(self.hidden),
            "w2": he_normal(rng, self.hidden, digits.CLASSES),
            "b2": np.zeros(digits.CLASSES),
        }

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """`images` (batch, 64) float64 and `labels` (batch,) int64, in a new order every epoch."""
        return digits.batches(rng, self.batch)

    def held_out(self, rng: np.random.Generator) -> Batch:
        """The fifth of the digits that no batch holds, as one batch of 359."""
        return digits.held_out(rng)

    def shape(self) -> str:
        """Such as `64×64→128→10 relu`."""
        return f"{self.batch}×{digits.PIXELS}→{self.hidden}→{digits.CLASSES} relu"


PRESETS: dict[str, PackagedWorkload] = {"default": DigitsMlp()}
