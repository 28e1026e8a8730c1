"""Step times as numbers with their doubt: percentiles of one lane, and the ratio of two."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATIO_BLOCKS = 32
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
        """Whether the interval leaves no doubt about which lane is faster, by half a percent at least."""
        return self.low >= 1.005

    @property
    def noisy(self) -> bool:
        """Whether the interval is too wide to tell anything."""
        return self.high > 4 * self.low


def median_ratio(slower: Floats, faster: Floats) -> Ratio | None:
    """Ratio of the two medians, with an interval that is robust to spells.

    Step times come in spells: a neighbour on the machine slows hundreds of steps in a row, so that single
    steps are not independent and an interval drawn from them would be far too narrow. Both series are cut
    into the same number of blocks, which turns put side by side in time, and each pair of blocks gives the
    logarithm of the ratio of its medians. Their mean gets Student's interval (the method of batch means;
    Schmeiser 1982, "Batch size effects in the analysis of simulation output"). Where neighbouring blocks
    are still alike, they count as fewer: n (1 - r) / (1 + r) (Bayley and Hammersley 1946, "The effective
    number of independent observations in an autocorrelated time series"), r corrected for its bias in a
    short series (Kendall 1954, "Note on bias in the estimation of autocorrelation").

    Args:
        slower, faster: step times of the steady steps, shapes (m,) and (n,).

    Returns:
        The ratio; None where either has fewer than `LEAST_STEPS` steps.
    """
    if min(len(slower), len(faster)) < LEAST_STEPS:
        return None
    blocks = min(RATIO_BLOCKS, min(len(slower), len(faster)) // 5)
    logs = np.log(_block_medians(slower, blocks) / _block_medians(faster, blocks))
    mean, half = float(logs.mean()), _half_width(logs)
    value = float(np.median(slower) / max(1.0, np.median(faster)))
    return Ratio(value, min(math.exp(mean - half), value), max(math.exp(mean + half), value))


def _half_width(series: Floats) -> float:
    """Half of the 95 % interval of the mean of a series whose neighbours may be alike."""
    count, off = len(series), series - series.mean()
    square = float(off @ off)
    if square == 0:
        return 0.0
    alike = float(off[:-1] @ off[1:]) / square
    alike = min(max(0.0, alike + (1 + 4 * alike) / count), 0.95)
    effective = max(2.0, count * (1 - alike) / (1 + alike))
    deviation = math.sqrt(square / count / (1 - 1 / effective))
    return _student(effective - 1) * deviation / math.sqrt(effective)


def _student(freedom: float) -> float:
    """Student's 97.5 % quantile (Abramowitz and Stegun 1964, 26.7.5); at 3 degrees 0.02 too small."""
    z = 1.959964
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


def _block_medians(values: Floats, blocks: int) -> Floats:
    size = len(values) // blocks
    medians: Floats = np.median(values[-size * blocks :].reshape(blocks, size), axis=1)
    return np.maximum(medians, 1.0)  # a clock may be too coarse for a very short step
