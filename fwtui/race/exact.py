"""What a probe would say without rounding: the same network in float64, at the lane's own weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fwtui.backends.base import Backend, Gradients
from fwtui.race.records import Rounding
from fwtui.workloads.base import Arrays, Batch

NUDGES = 4
NUDGE = 4.0
"""Units in the last place by which weights are nudged, about what a sum of products is rounded by."""


class Exact:
    """Holds a lane's probes against float64.

    A loss is smooth and gradients mostly are; but where an activation lies within rounding of a kink, such as
    zero for a ReLU, its gradient is one thing or another, and both are right. So the weights are nudged by
    about as much as rounding does, a few times, and how far the exact figures move is told beside the error.

    Args:
        backend: the same network in float64, eagerly on the CPU.
        dtype: the lane's.
    """

    def __init__(self, backend: Backend, dtype: str) -> None:
        self._backend = backend
        self._nudge = NUDGE * float(np.finfo(dtype).eps)

    def rounding(
        self, weights: Arrays, batch: Batch, metrics: Mapping[str, float], gradients: Gradients
    ) -> tuple[Rounding, ...]:
        """How far the lane's metrics and gradients are from those of float64 at the same `weights`."""
        told = {**_scalars(metrics), **_named("gradient", gradients)}
        exactly = self._at(weights, batch, 0.0, 0)
        nudged = [self._at(weights, batch, self._nudge, seed) for seed in range(1, NUDGES + 1)]
        return tuple(
            Rounding(
                *key,
                error=_distance(told[key], exactly[key]),
                blur=max(_distance(other[key], exactly[key]) for other in nudged),
                magnitude=_magnitude(exactly[key]),
            )
            for key in told
            if told[key] is not None and exactly.get(key) is not None
        )

    def close(self) -> None:
        """Gives back what the backend holds."""
        self._backend.close()

    def _at(self, weights: Arrays, batch: Batch, nudge: float, seed: int) -> dict[tuple[str, str], Any]:
        rng = np.random.default_rng(seed)
        double = {name: array.astype(np.float64) for name, array in weights.items()}
        if nudge:
            double = {
                name: array * (1 + nudge * rng.standard_normal(array.shape)) for name, array in double.items()
            }
        self._backend.load(double)
        metrics, gradients = self._backend.gradients(
            {name: value if isinstance(value, int) else _double(value) for name, value in batch.items()}
        )
        return {**_scalars(metrics), **_named("gradient", gradients)}


def _double(array: Any) -> Any:
    return array.astype(np.float64) if np.issubdtype(array.dtype, np.floating) else array


def _scalars(metrics: Mapping[str, float]) -> dict[tuple[str, str], Any]:
    return _named("metric", {name: np.asarray(value) for name, value in metrics.items()})


def _named(kind: str, arrays: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    return {(kind, name): array for name, array in arrays.items()}


def _distance(a: Any, b: Any) -> float:
    """Largest |a − b|; infinite where they are not of one shape, or not finite in both."""
    if a is None or b is None or a.shape != b.shape:
        return float("inf")
    if not a.size:
        return 0.0
    distance = np.abs(a.astype(np.float64) - b)
    return float(distance.max()) if np.isfinite(distance).all() else float("inf")


def _magnitude(array: Any) -> float:
    return float(np.abs(array).max()) if array.size else 0.0
