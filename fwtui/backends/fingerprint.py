"""A tensor's values in a few figures, the same for every framework."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwtui.race.records import Fingerprint


def fingerprint(values: NDArray[Any]) -> Fingerprint | None:
    """The figures of `values` in float64, of complex ones' magnitudes; None for what holds no numbers.

    An empty array has neither mean nor deviation.
    """
    if values.dtype.kind not in "fiubc":
        return None
    numbers = np.abs(values) if values.dtype.kind == "c" else values
    numbers = numbers.astype(np.float64).ravel()
    total = float(numbers.sum())
    nans = infinities = 0
    if not np.isfinite(total):  # one pass tells that all is well, which it nearly always is
        nans, infinities = int(np.isnan(numbers).sum()), int(np.isinf(numbers).sum())
        numbers = numbers[np.isfinite(numbers)]
    if not numbers.size:
        return Fingerprint(None, None, None, nans, infinities)
    largest = max(float(numbers.max()), -float(numbers.min()))
    return Fingerprint(float(numbers.mean()), float(numbers.std()), largest, nans, infinities)
