"""An array on its way between processes."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any, SupportsIndex

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

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[type[Array], tuple[Any, ...]]:
        """Its bytes go beside the pickle, uncopied, where the protocol can do that."""
        data = pickle.PickleBuffer(self.data) if protocol.__index__() >= 5 else self.data
        return Array, (self.dtype, self.shape, data)
