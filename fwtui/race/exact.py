"""What a probe would say without rounding: the same network in float64, at the lane's own weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fwtui.backends.base import Backend, Gradients
from fwtui.race.records import Rounding
from fwtui.workloads.base import Arrays, Batch

NUDGES = 32
"""Each misses a kink that rounding has crossed about every second time."""
NUDGE = 4.0
"""Units in the last place by which weights are nudged, about what a sum of products is rounded by."""
SUSPICIOUS = 8.0
"""Units in the last place of the largest figure: an error above it is looked into."""

Key = tuple[str, str]
"""`metric` or `gradient`, and its name."""


class Exact:
    """Holds a lane's probes against float64.

    A loss is smooth and gradients mostly are; but where an activation lies within rounding of a kink, such as
    zero for a ReLU, its gradient is one thing or another, and both are right. So the weights are nudged by
    about as much as rounding does, some times, and how far the exact figures move is told beside the error.

    Args:
        backend: the same network in float64, eagerly on the CPU.
        dtype: the lane's.
    """

    def __init__(self, backend: Backend, dtype: str) -> None:
        self._backend = backend
        self._nudge, self._suspicious = (times * float(np.finfo(dtype).eps) for times in (NUDGE, SUSPICIOUS))

    def rounding(
        self, weights: Arrays, batch: Batch, metrics: Mapping[str, float], gradients: Gradients
    ) -> tuple[Rounding, ...]:
        """How far the lane's metrics and gradients are from those of float64 at the same `weights`."""
        told = {**_named("metric", metrics), **_named("gradient", gradients)}
        exactly = self._at(weights, batch)
        known = [key for key in told if told[key] is not None and exactly.get(key) is not None]
        magnitudes = {key: _magnitude(exactly[key]) for key in known}
        errors = {key: _distance(told[key], exactly[key]) for key in known}
        blurs, repeats = dict.fromkeys(known, 0.0), dict.fromkeys(known, 0.0)
        if any(error > self._suspicious * _largest(magnitudes, key[0]) for key, error in errors.items()):
            again = self._at(weights, batch)
            repeats = {key: _distance(again[key], exactly[key]) for key in known}
            for seed in range(NUDGES):
                nudged = self._at(weights, batch, np.random.default_rng(seed))
                blurs = {key: max(blur, _distance(nudged[key], exactly[key])) for key, blur in blurs.items()}
        return tuple(Rounding(*key, errors[key], blurs[key], magnitudes[key], repeats[key]) for key in known)

    def close(self) -> None:
        """Gives back what the backend holds."""
        self._backend.close()

    def _at(self, weights: Arrays, batch: Batch, rng: np.random.Generator | None = None) -> dict[Key, Any]:
        """Metrics and gradients in float64, at weights nudged by `rng` where there is one."""
        double = {name: array.astype(np.float64) for name, array in weights.items()}
        if rng is not None:
            for array in double.values():
                array *= 1 + self._nudge * rng.standard_normal(array.shape)
        self._backend.load(double)
        metrics, gradients = self._backend.gradients(
            {name: value if isinstance(value, int) else _double(value) for name, value in batch.items()}
        )
        return {**_named("metric", metrics), **_named("gradient", gradients)}


def _double(array: Any) -> Any:
    return array.astype(np.float64) if np.issubdtype(array.dtype, np.floating) else array


def _named(kind: str, figures: Mapping[str, Any]) -> dict[Key, Any]:
    return {(kind, name): None if figure is None else np.asarray(figure) for name, figure in figures.items()}


def _largest(magnitudes: Mapping[Key, float], kind: str) -> float:
    return max(magnitude for key, magnitude in magnitudes.items() if key[0] == kind)


def _distance(a: Any, b: Any) -> float:
    """Largest |a − b|; infinite where they are not of one shape, or one is finite where the other is not."""
    if a is None or b is None or a.shape != b.shape:
        return float("inf")
    a, b = a.astype(np.float64), b.astype(np.float64)
    alike = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore"):
        distance = np.where(alike, 0.0, np.abs(a - b))
    return float(np.where(np.isnan(distance), np.inf, distance).max(initial=0.0))


def _magnitude(array: Any) -> float:
    return float(np.abs(array[np.isfinite(array)]).max(initial=0.0))
