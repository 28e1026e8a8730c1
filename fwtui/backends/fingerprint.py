"""A tensor's values in a few figures, the same for every framework."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwtui.core.oplog import TensorStats

_LEAST, _MOST = 1e-140, 1e140
"""Between them the squares of numbers, and the sums of these, are float64's too."""


def fingerprint(values: NDArray[Any]) -> TensorStats | None:
    """The figures of `values` in float64, or in complex128 where they are complex; None for what holds no
    numbers.

    An empty array has neither mean nor deviation.
    """
    if values.dtype.kind not in "fiubc":
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        return _of_complex(values) if values.dtype.kind == "c" else _of_numbers(values)


def _of_numbers(numbers: NDArray[Any]) -> TensorStats:
    exact = numbers.astype(np.float64).ravel()
    total = float(exact.sum())
    nans = infinities = 0
    if not np.isfinite(total):  # one pass tells that all is well, which it nearly always is
        nans, infinities = int(np.isnan(exact).sum()), int(np.isinf(exact).sum())
        numbers = exact[np.isfinite(exact)]
        exact = numbers.copy()
        total = float(exact.sum())
    if not exact.size:
        return TensorStats(None, None, None, nans, infinities)
    largest = max(float(numbers.max()), -float(numbers.min()))
    scale = 1.0 if largest == 0 or _LEAST < largest < _MOST else largest
    # In place, since a lane waits while it is logged. Not `exact @ exact`: BLAS takes cores that are others'.
    if scale != 1:
        exact /= scale
        total = float(exact.sum())
    mean = total / exact.size
    exact -= mean
    exact *= exact
    std = float(np.sqrt(exact.sum() / exact.size))
    return TensorStats(mean * scale, std * scale, largest, nans, infinities)


def _of_complex(numbers: NDArray[Any]) -> TensorStats:
    exact = numbers.astype(np.complex128).ravel()
    nans = int(np.isnan(exact).sum())
    exact = exact[np.isfinite(exact)]
    infinities = numbers.size - nans - exact.size
    if not exact.size:
        return TensorStats(None, None, None, nans, infinities)
    parts = exact.view(np.float64)  # in place, both components of each
    scale = float(np.abs(parts).max())
    scale = 1.0 if scale == 0 or _LEAST < scale < _MOST else scale
    parts /= scale
    # A magnitude may be beyond float64 where both components are not.
    largest = min(float(np.abs(exact).max()) * scale, float(np.finfo(np.float64).max))
    mean = complex(exact.mean())
    exact -= mean
    parts *= parts
    std = float(np.sqrt(parts.sum() / exact.size))
    return TensorStats(mean.real * scale, std * scale, largest, nans, infinities, mean.imag * scale)
