"""Hashes that put "same weights, same data" on the screen, where it would else be a claim."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import numpy as np

from fwtui.core.workload import Arrays, Batch

HASHED_BATCHES = 64
"""How many first batches the data's hash covers: batches have no end."""


def weights_sha256(parameters: Arrays) -> str:
    """SHA-256 over each parameter's name, dtype, shape and values, in the order of the names."""
    return _digest([parameters])


def data_sha256(batches: Iterable[Batch]) -> str:
    """The same over the first `HASHED_BATCHES` batches, in their order."""
    return _digest(islice(batches, HASHED_BATCHES))


def _digest(many: Iterable[Mapping[str, Any]]) -> str:
    total = hashlib.sha256()
    last: Mapping[str, Any] | None = None
    for arrays in many:
        if arrays is last:
            total.update(b"the same again")
            continue
        for name in sorted(arrays):
            if isinstance(arrays[name], int):
                total.update(f"{name} = {arrays[name]} ".encode())
                continue
            array = np.ascontiguousarray(arrays[name])
            total.update(f"{name} {array.dtype.str} {array.shape} ".encode())
            total.update(array.data)
        last = arrays
    return total.hexdigest()
