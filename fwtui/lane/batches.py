"""A workload's arrays on their way to a backend: in the lane's dtype, and the shapes that all have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from fwtui.core.outcome import Cause
from fwtui.core.workload import Batch
from fwtui.lane.errors import LaneError

NO_DATA: tuple[Cause, str, str] = (
    "user code",
    "the workload's data came to an end",
    "`batches` must give one batch a step, for ever",
)


def cast(arrays: Mapping[str, Any], dtype: str) -> Any:
    """Floating-point arrays in `dtype`, the others and numbers as they are."""
    return {
        name: value.astype(dtype)
        if not isinstance(value, int) and np.issubdtype(value.dtype, np.floating)
        else value
        for name, value in arrays.items()
    }


def shapes(batches: Sequence[Batch]) -> dict[str, tuple[int | None, ...]]:
    """Each array's shape, None where it differs between batches.

    Raises:
        LaneError: an array has more dimensions in one batch than in another.
    """
    found: dict[str, tuple[int | None, ...]] = {}
    for batch in batches:
        for name, value in batch.items():
            if isinstance(value, int):
                continue
            known = found.setdefault(name, value.shape)
            if len(known) != value.ndim:
                raise LaneError(
                    "user code",
                    f"'{name}' has {len(known)} dimensions in one batch and {value.ndim} in another",
                )
            found[name] = tuple(a if a == b else None for a, b in zip(known, value.shape, strict=True))
    return found


def cast_all(batches: Iterator[Batch], dtype: str) -> Iterator[Batch]:
    """Each batch cast; the same object for the same object, so that a backend need not copy it again."""
    source: Batch | None = None
    result: Batch = {}
    for batch in batches:
        if batch is not source:
            source, result = batch, cast(batch, dtype)
        yield result
    raise LaneError(*NO_DATA)
