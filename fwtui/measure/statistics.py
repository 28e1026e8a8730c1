"""Step times as numbers with their doubt: percentiles of one lane, and the ratio of two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATIO_BLOCKS = 32
RESAMPLES = 1000
LEAST_STEPS = 40


@dataclass(frozen=True, slots=True)
class StepTimes:
    """Statistics of step times, in ns, over `count` steps."""

    p50: float
    p95: float
    p99: float
    mean: float
    min: float
    count: int

    @classmethod
    def of(cls, step_ns: Floats) -> StepTimes:
        """Of an array of shape (steps,), not empty; percentiles are interpolated linearly."""
        p50, p95, p99 = np.percentile(step_ns, (50, 95, 99))
        return cls(
            float(p50), float(p95), float(p99), float(step_ns.mean()), float(step_ns.min()), len(step_ns)
        )

    @property
    def steps_a_second(self) -> float:
        """Steps that would be done in a second of nothing but such steps."""
        return 1e9 / self.mean


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as long the slower lane's median step takes, with a 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def certain(self) -> bool:
        """Whether the interval leaves no doubt about which lane is faster."""
        return self.low > 1


def median_ratio(slower: Floats, faster: Floats) -> Ratio | None:
    """Ratio of the two medians, with the interval that a block bootstrap gives.

    Step times come in spells: a neighbour on the machine slows hundreds of steps in a row, so that single
    steps are not independent and an interval drawn from them would be far too narrow. Both series are cut
    into the same number of blocks in time; blocks are drawn with replacement, the same ones for both since
    turns put them side by side in time, and the ratio of the medians of their medians is taken anew
    (Künsch 1989, "The jackknife and the bootstrap for general stationary observations").

    Args:
        slower, faster: step times of the steady steps, shapes (m,) and (n,).

    Returns:
        The ratio; None where either has fewer than `LEAST_STEPS` steps.
    """
    if min(len(slower), len(faster)) < LEAST_STEPS:
        return None
    blocks = min(RATIO_BLOCKS, min(len(slower), len(faster)) // 5)
    above, below = _block_medians(slower, blocks), _block_medians(faster, blocks)
    drawn = np.random.default_rng(0).integers(blocks, size=(RESAMPLES, blocks))
    ratios = np.median(above[drawn], axis=1) / np.median(below[drawn], axis=1)
    low, high = np.percentile(ratios, (2.5, 97.5))
    value = float(np.median(slower) / np.median(faster))
    return Ratio(value, min(float(low), value), max(float(high), value))


def _block_medians(values: Floats, blocks: int) -> Floats:
    size = len(values) // blocks
    medians: Floats = np.median(values[-size * blocks :].reshape(blocks, size), axis=1)
    return medians
