"""A small convolutional classifier of handwritten digits: where the frameworks disagree about the layout.

PyTorch convolves images (batch, channels, height, width) with kernels (out, in, height, width), TensorFlow
images (batch, height, width, channels) with kernels (height, width, in, out). The weights are stored once,
in TensorFlow's order: PyTorch turns axes by changing strides, which costs it next to nothing, while
TensorFlow would copy. The images have one channel, so that both layouts are the same bytes.

In float32, a sum that is zero but for its rounding passes the ReLU in one framework and not in the other. A
blank patch has the same sum in all images, so that this counts: now and then, once in some hundred steps,
the losses suddenly part by 1e-4 to 1e-2. It is rounding; in float64 they stay within 1e-14.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fwtui.core.workload import Arrays, Batch
from fwtui.workloads import digits
from fwtui.workloads.base import PackagedWorkload
from fwtui.workloads.initial import he_normal

KERNEL = 3
POOLED_SIDE = digits.SIDE // 4


@dataclass(frozen=True, kw_only=True)
class DigitsCnn(PackagedWorkload):
    """Twice a 3×3 convolution, ReLU and 2×2 max pooling; then dense to 10 classes, softmax cross-entropy.

    Attributes:
        batch: images a step, at most as many as are trained on (SpecError).
        channels1: kernels of the first convolution.
        channels2: kernels of the second.
    """

    summary: ClassVar[str] = "handwritten digits, two convolutions with pooling, dense, softmax cross-entropy"

    batch: int = 64
    channels1: int = 16
    channels2: int = 32

    STEPS: int = 600
    OPTIMIZER: str = "momentum"
    LEARNING_RATE: float = 0.02

    def __post_init__(self) -> None:
        digits.check_batch(self.batch)

    def parameters(self, rng: np.random.Generator) -> Arrays:
        """Weights are He's normal ones, biases are zero; float64.

        `kernel1` (3, 3, 1, channels1) and `kernel2` (3, 3, channels1, channels2) are (height, width, in,
        out); the rows of `dense` (2 · 2 · channels2, 10) go by height, width and channel. `bias1`
        (channels1,), `bias2` (channels2,) and `bias3` (10,).
        """
        flat = POOLED_SIDE * POOLED_SIDE * self.channels2
        return {
            "kernel1": he_normal(rng, KERNEL, KERNEL, 1, self.channels1),
            "bias1": np.zeros(self.channels1),
            "kernel2": he_normal(rng, KERNEL, KERNEL, self.channels1, self.channels2),
            "bias2": np.zeros(self.channels2),
            "dense": he_normal(rng, flat, digits.CLASSES),
            "bias3": np.zeros(digits.CLASSES),
        }

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """`images` (batch, 64) float64 and `labels` (batch,) int64, in a new order every epoch."""
        return digits.batches(rng, self.batch)

    def held_out(self, rng: np.random.Generator) -> Batch:
        """The fifth of the digits that no batch holds, as one batch of 359."""
        return digits.held_out(rng)

    def shape(self) -> str:
        """Such as `64×8×8→16→32→10 conv 3×3 relu`."""
        widths = f"{self.channels1}→{self.channels2}→{digits.CLASSES}"
        return f"{self.batch}×{digits.SIDE}×{digits.SIDE}→{widths} conv {KERNEL}×{KERNEL} relu"


PRESETS: dict[str, PackagedWorkload] = {"default": DigitsCnn()}
