"""Whether two vectors hold the same values in another order, as channels first and last leave them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwtui.core.lane_model import Flatten


def flatten_between(one: NDArray[Any], other: NDArray[Any], tolerance: float) -> Flatten | None:
    """How `one` becomes `other`, two vectors; None where they are equal, or no such order explains them."""
    if one.shape != other.shape:
        return None
    margin = tolerance * max(float(np.abs(one).max(initial=0)), np.finfo(np.float64).tiny)

    def is_close(array: NDArray[Any]) -> bool:
        return bool((np.abs(array - other) <= margin).all())

    if is_close(one):
        return None
    for outer in range(2, one.size // 2 + 1):
        if one.size % outer == 0 and is_close(one.reshape(outer, -1).T.ravel()):
            return Flatten(outer, one.size // outer)
    return None
