"""A small classifier of handwritten digits: real data, minibatches, and an accuracy to watch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from fwtui.race.spec import SpecError
from fwtui.workloads.base import Arrays, Batch, BuiltIn
from fwtui.workloads.digits_mlp import data

HELD_OUT = data.COUNT // 5
TRAINED = data.COUNT - HELD_OUT


@dataclass(frozen=True, kw_only=True)
class DigitsMlp(BuiltIn):
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
        if self.batch > TRAINED:
            accepted = f"a whole number from 1 to {TRAINED:,}, the images that are trained on"
            raise SpecError("--size batch", self.batch, accepted)

    def parameters(self, rng: np.random.Generator) -> Arrays:
        """`w1` (64, hidden), `b1` (hidden,), `w2` (hidden, 10), `b2` (10,), float64.

        Weights are normal with variance 2 / rows, which keeps the signal's size through a ReLU
        (He et al. 2015, arXiv:1502.01852, equation 10); biases are zero.
        """
        return {
            "w1": _he_normal(rng, data.PIXELS, self.hidden),
            "b1": np.zeros(self.hidden),
            "w2": _he_normal(rng, self.hidden, data.CLASSES),
            "b2": np.zeros(data.CLASSES),
        }

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """`images` (batch, 64) float64 and `labels` (batch,) int64, in a new order every epoch.

        What does not fill a batch at the end of an epoch is dropped, so that shapes stay.
        """
        _, trained = _split(rng)
        while True:
            order = rng.permutation(trained)
            for start in range(0, TRAINED - self.batch + 1, self.batch):
                yield _rows(order[start : start + self.batch])

    def held_out(self, rng: np.random.Generator) -> Batch:
        """The fifth of the digits that no batch holds, as one batch of 359."""
        held, _ = _split(rng)
        return _rows(held)

    def shape(self) -> str:
        """Such as `64×64→128→10 relu`."""
        return f"{self.batch}×{data.PIXELS}→{self.hidden}→{data.CLASSES} relu"


def _he_normal(rng: np.random.Generator, rows: int, columns: int) -> NDArray[np.float64]:
    return rng.normal(0, math.sqrt(2 / rows), (rows, columns))


def _split(rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which digits are held out and which are trained on: the first thing that `rng` is asked for."""
    order = rng.permutation(data.COUNT)
    return order[:HELD_OUT], order[HELD_OUT:]


def _rows(chosen: NDArray[Any]) -> Batch:
    images, labels = data.digits()
    return {"images": images[chosen], "labels": labels[chosen]}


PRESETS: dict[str, BuiltIn] = {"default": DigitsMlp()}
