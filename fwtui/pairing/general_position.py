"""First weights are special: biases are 0, scales 1, and a last layer may be 0, behind which nothing is seen.

Two models that compute other functions may agree there. So both are compared at weights near those, in
general position: what differs anywhere in the models then shows.
"""

from __future__ import annotations

import math
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from fwtui.core.model_outline import ModelWeights

_PART = 0.1
"""By how much of their own deviation values are moved."""


def moved(weights: ModelWeights, seed: int = 0) -> ModelWeights:
    """The same weights, each value moved a little; a variance stays positive."""
    return {key: moved_weight(key, array, seed) for key, array in weights.items()}


def moved_weight(key: tuple[str, str], array: NDArray[Any], seed: int = 0) -> NDArray[Any]:
    """One of them, by layer and role: each time the same."""
    noise = np.random.default_rng([seed, crc32("/".join(key).encode())]).normal(size=array.shape)
    if key[1] == "variance":
        return array * np.exp(_PART * noise)
    size = float(array.std())
    if size <= 1e-6 * float(np.abs(array).max(initial=0)):  # all values are one
        inputs = array.size // array.shape[-1] if array.ndim > 1 else 1
        size = 1 / math.sqrt(max(inputs, 1)) if array.ndim > 1 else 1.0
    return array + _PART * size * noise
