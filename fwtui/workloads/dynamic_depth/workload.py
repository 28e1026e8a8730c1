"""A network that is another one in every step: what "dynamic graph" means.

After the DynamicNet of PyTorch's examples, "Control Flow + Weight Sharing"
(https://docs.pytorch.org/tutorials/beginner/examples_nn/dynamic_net.html): one middle layer, applied a random
number of times, in plain Python control flow. The number comes with the batch, so that both frameworks build
the same network in the same step.

The example cuts off at zero, this one uses tanh: in float32, a sum that is zero but for its rounding is cut
off in one framework and not in the other, and so deep a network makes much of it; with tanh the losses of
500 steps stay within about 1e-6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fwtui.core.inputs import SpecError
from fwtui.core.workload import Arrays, Batch
from fwtui.workloads.base import PackagedWorkload
from fwtui.workloads.initial import lecun_normal

MAX_DEPTH = 100


@dataclass(frozen=True, kw_only=True)
class DynamicDepth(PackagedWorkload):
    """Input layer, the middle layer 1 to `deepest` times, output layer; tanh, biases, mean squared error.

    Attributes:
        batch: rows of `x` and `y`.
        d_in: columns of `x`.
        hidden: units of the input layer and of the middle one.
        d_out: columns of `y`.
        deepest: how often the middle layer is applied at most, itself at most 100 times (SpecError).
    """

    summary: ClassVar[str] = "one middle layer applied a random number of times each step, squared error"

    batch: int = 64
    d_in: int = 100
    hidden: int = 100
    d_out: int = 10
    deepest: int = 6

    STEPS: int = 500
    OPTIMIZER: str = "sgd"
    LEARNING_RATE: float = 0.1

    def __post_init__(self) -> None:
        if self.deepest > MAX_DEPTH:
            raise SpecError("--size deepest", self.deepest, f"a whole number from 1 to {MAX_DEPTH}")

    def parameters(self, rng: np.random.Generator) -> Arrays:
        """`w_in` (d_in, hidden), `w_middle` (hidden, hidden), `w_out` (hidden, d_out) and their biases `b_…`.

        Weights are LeCun's normal ones, so that the signal does not grow however often the middle layer is
        applied; biases are zero; float64.
        """
        return {
            "w_in": lecun_normal(rng, self.d_in, self.hidden),
            "b_in": np.zeros(self.hidden),
            "w_middle": lecun_normal(rng, self.hidden, self.hidden),
            "b_middle": np.zeros(self.hidden),
            "w_out": lecun_normal(rng, self.hidden, self.d_out),
            "b_out": np.zeros(self.d_out),
        }

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """`x` (batch, d_in) and `y` (batch, d_out), standard normal, float64, always the same; and `depth`.

        `depth` is a Python int from 1 to `deepest`, drawn for each step.
        """
        x = rng.standard_normal((self.batch, self.d_in))
        y = rng.standard_normal((self.batch, self.d_out))
        while True:
            yield {"x": x, "y": y, "depth": int(rng.integers(1, self.deepest, endpoint=True))}

    def shape(self) -> str:
        """Such as `64×100→100→(100→)1–6→10 tanh`."""
        return f"{self.batch}×{self.d_in}→{self.hidden}→({self.hidden}→)1–{self.deepest}→{self.d_out} tanh"


PRESETS: dict[str, PackagedWorkload] = {"default": DynamicDepth()}
