"""How a series was distributed over its whole length, in memory that does not grow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

QUANTILES = (5, 50, 95)
SAMPLES = 64
"""Values kept of a full bucket, evenly spread over its sorted values."""

_LOOKED_AT = 512
"""Values of a filling bucket from which its percentiles are estimated, at most."""


class QuantileBuckets:
    """The 5th, 50th and 95th percentile of each of some buckets of a series.

    Once all buckets are full, two become one. A bucket is exact while it has no more than `SAMPLES` values;
    of two that become one, every second value in their order is kept, so that a percentile is off by about
    one rank in `SAMPLES` (Munro and Paterson 1980, "Selection and sorting with limited storage").

    Args:
        capacity: buckets to keep; even.
    """

    def __init__(self, capacity: int = 128) -> None:
        self._capacity = capacity
        self._samples: list[Floats] = []
        # Of as many buckets as it has columns; worked out when they are asked for.
        self._quantiles = np.empty((3, 0))
        self._open: list[Floats] = []
        self._in_open = 0
        self._halvings = 0
        self.width = 1
        """How many values a bucket holds."""
        self.count = 0
        """How many values came in all."""

    def extend(self, values: Floats) -> None:
        """Adds values in their order."""
        self.count += len(values)
        while len(values):
            if len(self._samples) == self._capacity and not self._in_open:
                self._halve()
            taken = values[: self.width - self._in_open]
            values = values[len(taken) :]
            self._open.append(taken.copy())
            self._in_open += len(taken)
            if self._in_open == self.width:
                self._samples.append(_spread(np.concatenate(self._open), min(self.width, SAMPLES)))
                self._open, self._in_open = [], 0
            elif sum(map(len, self._open)) > 2 * SAMPLES * SAMPLES:
                self._open = [_spread(np.concatenate(self._open), SAMPLES * SAMPLES)]

    def buckets(self) -> tuple[NDArray[np.int64], Floats, Floats, Floats]:
        """(number of each bucket's first value counted from 0, its 5th, 50th and 95th percentile).

        The last bucket may still be filling.
        """
        known = self._quantiles.shape[1]
        if known < len(self._samples):
            found = np.percentile(np.stack(self._samples[known:]), QUANTILES, axis=1)
            self._quantiles = np.hstack([self._quantiles, found])
        quantiles = self._quantiles
        if self._in_open:
            filling = np.concatenate(self._open)
            last = np.percentile(filling[:: 1 + len(filling) // _LOOKED_AT], QUANTILES)
            quantiles = np.hstack([quantiles, last[:, None]])
        low, middle, high = quantiles
        return np.arange(quantiles.shape[1], dtype=np.int64) * self.width, low, middle, high

    def _halve(self) -> None:
        """Makes one bucket of two."""
        pairs = np.sort(np.hstack([np.stack(self._samples[::2]), np.stack(self._samples[1::2])]), axis=1)
        if pairs.shape[1] > SAMPLES:
            # Once the lower and once the upper of two neighbours, so that nothing drifts.
            pairs = pairs[:, self._halvings % 2 :: 2]
            self._halvings += 1
        self._samples = list(pairs)
        self._quantiles = np.empty((3, 0))
        self.width *= 2


def _spread(values: Floats, count: int) -> Floats:
    """Return `count` of the values, evenly spread over the sorted ones; all of them if there are no more."""
    if len(values) <= count:
        return values
    at = ((np.arange(count) + 0.5) * len(values) / count).astype(np.intp)
    spread: Floats = np.sort(values)[at]
    return spread
