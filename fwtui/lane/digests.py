"""A few numbers a step that tell whether two trainings are still the same, at little cost."""

from __future__ import annotations

import math
import statistics
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwtui.core.records import DIGEST_BLOCK
from fwtui.core.workload import Batch

SHARE = 0.05
"""Of a step's time that digests may take; where they take more, fewer steps have one."""
SETTLED = 64
"""Steps that all have digests, and tell what these cost."""


class Digester:
    """Digests a batch, and blocks of weights and gradients.

    A digest of numbers is their sum with fixed random signs: two arrays that differ have another one, but by
    chance.

    Args:
        original: gives a batch with the axes that it came with, which other lanes may have turned.

    Attributes:
        stride: digests of weights and gradients are that many steps apart.
    """

    def __init__(self, original: Callable[[Batch], Batch] = lambda batch: batch) -> None:
        self._original = original
        self._signs: dict[tuple[int, str], NDArray[Any]] = {}
        self._batch: Batch | None = None
        self._checksum = 0.0
        self._costs: list[float] = []
        self.stride = 1

    def digests(self, step: int, batch: Batch, arrays: Mapping[str, NDArray[Any]]) -> dict[str, float]:
        """By name: `batch`, and each of `arrays`.

        Args:
            arrays: contiguous, in the host's memory.
        """
        if batch is not self._batch:
            self._batch, self._checksum = batch, checksum(self._original(batch))
        return {"batch": self._checksum, **{name: self._digest(step, one) for name, one in arrays.items()}}

    def is_due(self, step: int) -> bool:
        """Whether weights and gradients are digested after `step`; the batch always is."""
        return step % self.stride == 0

    def took(self, step: int, digest_ns: int, step_ns: int) -> None:
        """Learns what the digests of `step` cost, and how far apart they have to be from then on.

        Lanes choose powers of two, so that they have steps in common.
        """
        if step < SETTLED:
            self._costs.append(digest_ns / max(1, step_ns))
        elif self._costs:
            too_much = max(1.0, statistics.median(self._costs) / SHARE)
            self._costs, self.stride = [], 2 ** math.ceil(math.log2(too_much))

    def _digest(self, step: int, array: NDArray[Any]) -> float:
        flat = array.reshape(-1)
        if flat.size > DIGEST_BLOCK:
            start = step % -(-flat.size // DIGEST_BLOCK) * DIGEST_BLOCK
            flat = flat[start : start + DIGEST_BLOCK]
        key = flat.size, flat.dtype.char
        signs = self._signs.get(key)
        if signs is None:
            drawn = np.random.default_rng(flat.size).integers(0, 2, flat.size)
            signs = self._signs[key] = (2 * drawn - 1).astype(flat.dtype)
        return float(np.dot(flat, signs))


def checksum(batch: Batch) -> float:
    """A CRC of the names, shapes and bytes of a batch; a whole number, which a float64 holds exactly."""
    total = 0
    for name in sorted(batch):
        value = batch[name]
        head = f"{name} {value if isinstance(value, int) else (value.dtype.str, value.shape)}"
        total = zlib.crc32(head.encode(), total)
        if not isinstance(value, int):
            total = zlib.crc32(np.ascontiguousarray(value).data, total)
    return float(total)
