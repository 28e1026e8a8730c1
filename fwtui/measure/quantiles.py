"""How a series was distributed over its whole length, in memory that does not grow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

QUANTILES = (5, 50, 95)
SAMPLES = 64
"""So many values stand for a bucket: each is one of its values, evenly spread over their order."""


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
        self._samples = np.empty((0, 1))
        self._quantiles = np.empty((3, 0))
        self._open = np.empty(0)
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
            if self._in_open or len(values) < self.width:
                values = values[self._fill(values) :]
            else:
                full = min(len(values) // self.width, self._capacity - len(self._samples))
                self._append(values[: full * self.width].reshape(full, self.width))
                values = values[full * self.width :]

    def buckets(self) -> tuple[NDArray[np.int64], Floats, Floats, Floats]:
        """(number of each bucket's first value counted from 0, its 5th, 50th and 95th percentile).

        The last bucket may still be filling.
        """
        known = self._quantiles
        if self._in_open:
            known = np.hstack([known, np.percentile(self._open[None], QUANTILES, axis=1)])
        low, middle, high = known
        return np.arange(known.shape[1], dtype=np.int64) * self.width, low, middle, high

    def _fill(self, values: Floats) -> int:
        """Takes values into the bucket that is filling; how many."""
        taken = values[: self.width - self._in_open]
        self._open = np.concatenate([self._open, taken])
        self._in_open += len(taken)
        if self._in_open == self.width:
            rows, self._open, self._in_open = self._open[None], np.empty(0), 0
            self._append(rows)
        elif len(self._open) > 2 * SAMPLES * SAMPLES:
            self._open = _spread(self._open[None], SAMPLES * SAMPLES)[0]
        return len(taken)

    def _append(self, rows: Floats) -> None:
        """Adds a bucket for each row of values."""
        samples = _spread(rows, min(self.width, SAMPLES))
        self._samples = np.vstack([self._samples, samples])
        self._quantiles = np.hstack([self._quantiles, np.percentile(samples, QUANTILES, axis=1)])

    def _halve(self) -> None:
        """Makes one bucket of two."""
        pairs = np.sort(np.hstack([self._samples[::2], self._samples[1::2]]), axis=1)
        if pairs.shape[1] > SAMPLES:
            # Once the lower and once the upper of two neighbours, so that nothing drifts.
            pairs = pairs[:, self._halvings % 2 :: 2]
            self._halvings += 1
        self._samples = pairs
        self._quantiles = np.percentile(pairs, QUANTILES, axis=1)
        self.width *= 2


def _spread(rows: Floats, count: int) -> Floats:
    """So many values of each row, evenly spread over their order; all where there are no more."""
    size = rows.shape[1]
    if size <= count:
        return rows
    at = ((np.arange(count) + 0.5) * size / count).astype(np.intp)
    spread: Floats = np.sort(rows, axis=1)[:, at]
    return spread
