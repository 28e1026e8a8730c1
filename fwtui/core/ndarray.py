"""An array on its way between processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Array:
    """An array on its way through a pipe."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes

    @staticmethod
    def of(array: NDArray[Any]) -> Array:
        """A copy of `array`, contiguous."""
        return Array(array.dtype.str, array.shape, np.ascontiguousarray(array).tobytes())

    def value(self) -> NDArray[Any]:
        """The array, read-only, without a copy."""
        return np.frombuffer(self.data, self.dtype).reshape(self.shape)
