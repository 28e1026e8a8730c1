"""Where a logged step goes wrong: outputs that hold NaN, and results that are infinite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwtui.core.oplog import LoggedOp, OpLog, TensorStats


def first_fault(log: OpLog) -> LoggedOp | None:
    """The first op that gave a NaN, or an infinite result of the step.

    An infinity on the way to a result is no fault: masks are made of them.
    """
    return next((op for op in log.ops if nans(op) or infinite_results(op)), None)


def nans(op: LoggedOp) -> frozenset[int]:
    """The places of the outputs that hold NaN."""
    return _places(op, lambda one: one.nans, np.isnan)


def infinities(op: LoggedOp) -> frozenset[int]:
    """The places of the outputs that hold infinities."""
    return _places(op, lambda one: one.infinities, np.isinf)


def infinite_results(op: LoggedOp) -> tuple[str, ...]:
    """The results of the step that this op gave, and that hold infinities."""
    if not op.results:
        return ()
    wrong = infinities(op)
    return tuple(name for name, place in op.results if place in wrong)


def not_finite_inputs(batch: Mapping[str, Any], weights: Mapping[str, NDArray[Any]]) -> tuple[str, ...]:
    """What a step takes that holds NaN or infinite numbers, by the names that ops' inputs have in a log."""
    arrays = {f"batch {name}": value for name, value in batch.items() if isinstance(value, np.ndarray)}
    arrays |= {f"parameter {name}": array for name, array in weights.items()}
    return tuple(
        name
        for name, array in arrays.items()
        if np.issubdtype(array.dtype, np.inexact) and not np.isfinite(array).all()
    )


def _places(
    op: LoggedOp, count: Callable[[TensorStats], int], holds: Callable[[NDArray[Any]], NDArray[np.bool_]]
) -> frozenset[int]:
    """Return the indices of outputs with a nonzero `count` in the fingerprint, or where `holds` is true."""
    found = {place for place, one in enumerate(op.fingerprints) if one is not None and count(one)}
    arrays = enumerate(one.value() for one in op.values)
    found |= {place for place, one in arrays if np.issubdtype(one.dtype, np.inexact) and holds(one).any()}
    return frozenset(found)
