"""Reduces a series of any length to one minimum and one maximum a column of a chart.

A chart has a few hundred columns and a race may have ten million steps. Means would hide the one slow step
that somebody is looking for; minima and maxima never hide anything.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Steps = NDArray[np.float64] | NDArray[np.int64]


def column_edges(x_limits: tuple[float, float], columns: int) -> Floats:
    """Where the columns of a chart begin and end, on its x axis.

    The first column is centred on the lower limit and the last one on the upper limit, which is where the
    ticks are; so the two outer columns are half as wide as the others.

    Args:
        x_limits: lowest and highest x that is drawn, both inclusive, in steps.
        columns: count of columns, at least 1.

    Returns:
        float64, shape (columns + 1,), ascending: column `c` holds every x with `edges[c] <= x < edges[c +
        1]`; the last edge belongs to the last column.
    """
    low, high = float(x_limits[0]), float(x_limits[1])
    inner = low + (np.arange(1, columns) - 0.5) * ((high - low) / max(columns - 1, 1))
    return np.concatenate(([low], inner, [high]))


def column_of(x: float, x_limits: tuple[float, float], columns: int) -> int:
    """The column in which `x` is drawn, clamped to `0 … columns - 1`."""
    edges = column_edges(x_limits, columns)
    return int(np.clip(np.searchsorted(edges, x, side="right") - 1, 0, columns - 1))


def to_columns(
    x: Steps, low: Floats, high: Floats, x_limits: tuple[float, float], columns: int
) -> tuple[Floats, Floats]:
    """Reduces a bucketed series to the lowest and the highest value of each column.

    Args:
        x: shape (n,), ascending: the step with which each bucket begins.
        low: shape (n,): the lowest value of each bucket. NaN and infinities are left out.
        high: shape (n,): the highest one; the very values of `low` where a bucket is one step.
        x_limits: lowest and highest x that is drawn, both inclusive, in steps. Buckets outside are left out.
        columns: count of columns, two for each character cell.

    Returns:
        Two float64 arrays of shape (columns,), the lowest and the highest value. Both are NaN where no bucket
        begins (a chart may bridge that), and both are infinite where buckets begin but none has a finite
        value (a chart must not).
    """
    column_low = np.full(columns, np.nan)
    column_high = np.full(columns, np.nan)
    if columns < 1 or len(x) == 0 or not x_limits[0] < x_limits[1]:
        return column_low, column_high
    starts, last = _starts(x, x_limits, columns)
    ends = np.append(starts[1:], last)
    used = np.flatnonzero(ends > starts)
    if used.size == 0:
        return column_low, column_high
    at = starts[used]
    # NaN goes through minimum and maximum, and an infinity wins one of them: so one look at a few hundred
    # results tells whether any of up to 65,536 buckets needs the slow way.
    lowest = np.minimum.reduceat(low[:last], at)
    highest = np.maximum.reduceat(high[:last], at)
    if not (np.isfinite(lowest).all() and np.isfinite(highest).all()):
        lowest, highest = _finite_only(low[:last], high[:last], at)
    column_low[used], column_high[used] = lowest, highest
    return column_low, column_high


def _starts(x: Steps, x_limits: tuple[float, float], columns: int) -> tuple[NDArray[np.intp], int]:
    """For each column the index of its first bucket; and the index after the last bucket of all."""
    edges = column_edges(x_limits, columns)
    first = edges[:-1]
    bounds: Steps = first
    upper: float = edges[-1]
    if np.issubdtype(x.dtype, np.integer):
        # The same bounds as whole numbers, since mixed types would make searchsorted copy all of x.
        bounds = np.ceil(first).astype(np.int64)
        upper = int(np.floor(upper))
    return np.searchsorted(x, bounds, side="left"), int(np.searchsorted(x, upper, side="right"))


def _finite_only(low: Floats, high: Floats, at: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """The same reduction without the buckets that are not finite; infinite where none is left."""
    finite = np.isfinite(low) & np.isfinite(high)
    lowest = np.minimum.reduceat(np.where(finite, low, np.inf), at)
    highest = np.maximum.reduceat(np.where(finite, high, -np.inf), at)
    highest[np.isinf(highest)] = np.inf
    return lowest, highest
