"""Figures of an array that do not depend on the order of its elements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class Moments:
    """Sums over an array's elements that do not depend on their order, so that layouts do not matter.

    Attributes:
        size: how many elements.
        sums: of x, |x|, x² and |x|³.
    """

    size: int
    sums: tuple[float, float, float, float]

    @staticmethod
    def of(array: NDArray[Any]) -> Moments:
        """Those of `array`."""
        values = np.asarray(array, np.float64).ravel()
        sizes = np.abs(values)
        sums = values.sum(), sizes.sum(), (values**2).sum(), (sizes**3).sum()
        return Moments(values.size, (float(sums[0]), float(sums[1]), float(sums[2]), float(sums[3])))

    def gap(self, other: Moments) -> float:
        """The largest distance of two sums, relative to that of absolute values; of zeros added, nothing."""
        scales = zip(self.sums, other.sums, (self.sums[1], *self.sums[1:]), strict=True)
        return max(0.0 if one == that else abs(one - that) / max(scale, _TINY) for one, that, scale in scales)
