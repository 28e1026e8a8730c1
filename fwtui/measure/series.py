"""Numbers that arrive one batch after another, kept in memory that does not grow without bound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Extrema:
    """A whole series as buckets of minima and maxima: exact until full, then half as fine, for ever.

    Args:
        capacity: buckets to keep; even.
    """

    def __init__(self, capacity: int = 65_536) -> None:
        self._capacity = capacity
        self._low = np.empty(0)
        self._high = np.empty(0)
        self._buckets = 0
        self._open: tuple[float, float, int] | None = None
        self.width = 1
        """How many values a bucket holds."""
        self.count = 0
        """How many values came in all."""

    def extend(self, values: Floats) -> None:
        """Adds values in their order; NaN counts as a place without a value."""
        self.count += len(values)
        while len(values):
            if self._buckets == self._capacity:
                self._halve()
            values = values[self._take(values) :]

    def buckets(self) -> tuple[NDArray[np.int64], Floats, Floats]:
        """(number of each bucket's first value counted from 0, minima, maxima), the last still filling."""
        low, high = self._low[: self._buckets], self._high[: self._buckets]
        if self._open is not None:
            low, high = np.append(low, self._open[0]), np.append(high, self._open[1])
        return np.arange(len(low), dtype=np.int64) * self.width, low, high

    def _take(self, values: Floats) -> int:
        """Fills buckets from the front of `values`; how many were taken."""
        if self._open is not None or len(values) < self.width:
            low, high, size = self._open or (np.nan, np.nan, 0)
            part = values[: self.width - size]
            low, high = float(np.fmin(low, np.fmin.reduce(part))), float(np.fmax(high, np.fmax.reduce(part)))
            self._open = (low, high, size + len(part))
            if self._open[2] == self.width:
                self._open = None
                self._append(np.array([low]), np.array([high]))
            return len(part)
        full = min(len(values) // self.width, self._capacity - self._buckets)
        blocks = values[: full * self.width].reshape(full, self.width)
        self._append(np.fmin.reduce(blocks, axis=1), np.fmax.reduce(blocks, axis=1))
        return full * self.width

    def _append(self, low: Floats, high: Floats) -> None:
        needed = self._buckets + len(low)
        if needed > len(self._low):
            size = min(self._capacity, max(1024, 2 * len(self._low), needed))
            self._low, self._high = _grown(self._low, size), _grown(self._high, size)
        self._low[self._buckets : needed], self._high[self._buckets : needed] = low, high
        self._buckets = needed

    def _halve(self) -> None:
        low, high = self._low[: self._buckets], self._high[: self._buckets]
        half = self._buckets // 2
        low, high = np.fmin(low[::2], low[1::2]), np.fmax(high[::2], high[1::2])
        self._low[:half], self._high[:half] = low, high
        self._buckets = half
        self.width *= 2


class Window:
    """The last values of a series as they came.

    Args:
        limit: how many to keep; None keeps all.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._values = np.empty(0)
        self._start = self._stop = 0
        self.count = 0
        """How many values came in all."""

    @property
    def first(self) -> int:
        """Number of the first value kept, counted from 0."""
        return self.count - (self._stop - self._start)

    def extend(self, values: Floats) -> None:
        """Adds values in their order."""
        self.count += len(values)
        if self._stop + len(values) > len(self._values):
            kept = self.values()
            self._values = _grown(kept, max(1024, 2 * (len(kept) + len(values))))
            self._start, self._stop = 0, len(kept)
        self._values[self._stop : self._stop + len(values)] = values
        self._stop += len(values)
        if self._limit is not None:
            self._start = max(self._start, self._stop - self._limit)

    def values(self) -> Floats:
        """What is kept, oldest first; a view that the next `extend` may overwrite."""
        return self._values[self._start : self._stop]

    def since(self, number: int) -> Floats:
        """What is kept of the values from `number` on, counted from 0."""
        return self.values()[max(0, number - self.first) :]


def _grown(values: Floats, size: int) -> Floats:
    larger = np.empty(size)
    larger[: len(values)] = values
    return larger
