"""What another run of a network told, held against a backend at the very same weights and batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from fwtui.backends.base import Backend, Gradients
from fwtui.measure.arrays import widened
from fwtui.race.data import cast
from fwtui.race.precision import EPS
from fwtui.race.records import Rounding
from fwtui.workloads.base import Arrays, Batch

PERTURBATIONS = 32
"""Each misses a kink that rounding has crossed about every second time."""
SINGLE_PERTURBATIONS = 8
PERTURBATION = 4.0
"""Units in the last place by which weights are perturbed, about what a sum of products is rounded by."""
FARTHER, GROWN = 64.0, 8.0
"""A perturbation of data so many times as large moves a smooth figure that many times as far, or more."""
SUSPICIOUS = 8.0
"""Units in the last place of the largest figure: an error above it is looked into."""

Key = tuple[str, str]
"""`metric` or `gradient`, and its name."""


class Reference:
    """Holds metrics and gradients against those that a backend gives at the same weights.

    A loss is smooth and gradients mostly are; but where an activation lies within rounding of a kink, such as
    zero for a ReLU, its gradient is one thing or another, and both are right. So where something differs, the
    weights and the data are perturbed by about as much as rounding does, and how far the figures move stands
    beside the error.

    Args:
        backend: the network that is the reference.
        dtype: that of its weights.
        rounds: the dtype whose rounding the other figures have.
        measures_single: whether to tell besides how far the figures move by float32's rounding.
    """

    def __init__(self, backend: Backend, dtype: str, rounds: str, measures_single: bool = False) -> None:
        self._backend, self._dtype = backend, dtype
        self._perturbation, self._suspicious = PERTURBATION * EPS[rounds], SUSPICIOUS * EPS[rounds]
        self._measures_single = measures_single

    def rounding(
        self,
        weights: Arrays,
        batch: Batch,
        metrics: Mapping[str, float],
        gradients: Gradients,
        own: Mapping[Key, Any] | None = None,
    ) -> tuple[Rounding, ...]:
        """How far `metrics` and `gradients` are from those of the backend at the same `weights`.

        What only one of the two has is infinitely far.

        Args:
            own: what `at` gives for these weights and this batch, where that is known.
        """
        given = {**_named("metric", metrics), **_named("gradient", gradients)}
        own = self.at(weights, batch) if own is None else own
        known = [key for key in {**given, **own} if given.get(key) is not None or own.get(key) is not None]
        magnitudes = {key: _magnitude(own.get(key), given.get(key)) for key in known}
        errors = {key: _distance(given.get(key), own.get(key)) for key in known}
        blurs, singles = dict.fromkeys(known, 0.0), dict.fromkeys(known, 0.0)
        if any(error > self._suspicious * _scale(key, magnitudes) for key, error in errors.items()):
            blurs = self._blurs(weights, batch, own, self._perturbation, PERTURBATIONS)
            if self._measures_single:
                single = PERTURBATION * EPS["float32"]
                singles = self._blurs(weights, batch, own, single, SINGLE_PERTURBATIONS)
        return tuple(
            Rounding(*key, errors[key], blurs.get(key, 0.0), magnitudes[key], singles.get(key, 0.0))
            for key in known
        )

    def close(self) -> None:
        """Gives back what the backend holds."""
        self._backend.close()

    def at(self, weights: Arrays, batch: Batch) -> dict[Key, Any]:
        """Metrics and gradients of the backend at `weights`, which are cast to its dtype."""
        self._backend.load(cast(weights, self._dtype))
        metrics, gradients = self._backend.gradients(cast(batch, self._dtype))
        return {**_named("metric", metrics), **_named("gradient", gradients)}

    def _blurs(
        self, weights: Arrays, batch: Batch, own: Mapping[Key, Any], size: float, count: int
    ) -> dict[Key, float]:
        """How far figures move at most where weights, and then data, are perturbed by a relative `size`.

        Data count only where a larger perturbation moves a figure further: what jumps at once lies at a
        threshold, such as halves that are rounded, and both sides must have it at the same side.
        """
        double = cast(weights, "float64")
        blurs = self._moves(own, count, lambda rng: (_perturbed(double, rng, size), batch))
        data = cast(batch, "float64")
        near = self._moves(own, count, lambda rng: (double, _perturbed_data(data, rng, size)))
        if any(near[key] > blurs[key] for key in blurs):
            far = self._moves(own, count, lambda rng: (double, _perturbed_data(data, rng, FARTHER * size)))
            grown = {key: near[key] if far[key] >= GROWN * near[key] else 0.0 for key in near}
            blurs = {key: max(blur, grown[key]) for key, blur in blurs.items()}
        return blurs

    def _moves(
        self,
        own: Mapping[Key, Any],
        count: int,
        perturbed: Callable[[np.random.Generator], tuple[Arrays, Batch]],
    ) -> dict[Key, float]:
        """How far each of the figures `own` moves at most in `count` perturbations."""
        most = {key: 0.0 for key, figure in own.items() if figure is not None}
        for seed in range(count):
            there = self.at(*perturbed(np.random.default_rng(seed)))
            most = {key: max(far, _distance(there.get(key), own[key])) for key, far in most.items()}
        return most


def _perturbed(arrays: Arrays, rng: np.random.Generator, size: float) -> Arrays:
    return {name: array * (1 + size * rng.standard_normal(array.shape)) for name, array in arrays.items()}


def _perturbed_data(batch: Batch, rng: np.random.Generator, size: float) -> Batch:
    """`batch` with its measured values perturbed: where they cancel out, no weight moves what is left.

    Whole numbers stay: labels, masks and lengths, which a network may compare with others.
    """
    perturbed = dict(batch)
    for name, value in batch.items():
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            continue
        if not np.array_equal(value, np.rint(value), equal_nan=True):
            perturbed[name] = value * (1 + size * rng.standard_normal(value.shape))
    return perturbed


def _named(kind: str, figures: Mapping[str, Any]) -> dict[Key, Any]:
    return {(kind, name): None if figure is None else np.asarray(figure) for name, figure in figures.items()}


def _scale(key: Key, magnitudes: Mapping[Key, float]) -> float:
    """What an error is relative to: the largest gradient; metrics have nothing to do with one another."""
    if key[0] == "metric":
        return magnitudes[key]
    return max(magnitude for (kind, _), magnitude in magnitudes.items() if kind == key[0])


def _distance(a: Any, b: Any) -> float:
    """Largest |a − b|; infinite where they are not of one shape, or one is finite where the other is not.

    A gradient that is zero everywhere is the same as none.
    """
    if a is None or b is None:
        there = b if a is None else a
        return float("inf") if np.any(there) else 0.0
    if a.shape != b.shape:
        return float("inf")
    a, b = widened(a), widened(b)
    alike = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore"):
        distance = np.where(alike, 0.0, np.abs(a - b))
    return float(np.where(np.isnan(distance), np.inf, distance).max(initial=0.0))


def _magnitude(*arrays: Any) -> float:
    """The largest finite magnitude of the first array that there is."""
    array = next(one for one in arrays if one is not None)
    return float(np.abs(array[np.isfinite(array)]).max(initial=0.0))
