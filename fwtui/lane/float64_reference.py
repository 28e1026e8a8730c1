"""Compares the figures of a network with those of a reference backend at the same weights and batch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from fwtui.backends.base import Backend, Computed
from fwtui.core.numerical_policy import (
    EPS,
    FARTHER,
    GROWN,
    MAX_PERTURBATION,
    MAX_UNEXPLAINED,
    PERTURBATION,
    PERTURBATIONS,
    PERTURBED_TERMS,
    SINGLE_PERTURBATIONS,
)
from fwtui.core.records import Rounding
from fwtui.core.workload import Arrays, Batch
from fwtui.lane.batches import cast
from fwtui.measure.agreement import Figure
from fwtui.measure.agreement import rounding as judged
from fwtui.measure.arrays import widened

Key = tuple[str, str]
"""`metric` or `gradient`, and its name."""
Moves = dict[Key, float]
"""How far each figure moves at most."""
Noise = Callable[[tuple[int, ...]], NDArray[Any]]
"""Normally distributed numbers of a shape, by which values are perturbed."""
WAYS: tuple[Callable[[NDArray[Any]], NDArray[Any]], ...] = (lambda z: z, lambda z: -np.abs(z), np.abs)
"""Both ways, and where that gives no numbers: all values towards zero, or all of them away from it."""


class Reference:
    """Holds metrics and gradients against those that a backend gives at the same weights.

    A loss is smooth and gradients mostly are; but where an activation lies within rounding of a kink, such as
    zero for a ReLU, its gradient is one thing or another, and both are right. So where an error is above the
    tolerance, the weights and the data are perturbed by about as much as rounding does until that explains
    it, and how far the figures move is reported with the error.

    Args:
        backend: the network that is the reference.
        dtype: that of its weights.
        rounds: the dtype whose rounding the other figures have.
        judged_as: the dtype whose floors hold where the figures are judged.
        tolerance: the relative error that needs no explanation.
        measures_single: whether to measure besides how far the figures move by float32's rounding.
    """

    def __init__(
        self,
        backend: Backend,
        dtype: str,
        rounds: str,
        judged_as: str,
        tolerance: float = 0.0,
        measures_single: bool = False,
    ) -> None:
        self._backend, self._dtype, self._rounds = backend, dtype, rounds
        self._judged_as, self._tolerance, self._measures_single = judged_as, tolerance, measures_single
        self._decisive = 0

    def rounding(
        self,
        weights: Arrays,
        batch: Batch,
        computed: Computed,
        own: Mapping[Key, Any] | None = None,
    ) -> tuple[Rounding, ...]:
        """How far what was `computed` is from what the backend computes at the same `weights`.

        What only one of the two has is infinitely far. Figures stay without an explanation, `blur` and
        `single_blur` at 0, where they need none, and after `MAX_UNEXPLAINED` probes.

        Args:
            own: what `at` gives for these weights and this batch, where that is known.
        """
        given = _figures_of(computed)
        own = self.at(weights, batch) if own is None else own
        pairs = {key: (given.get(key), own.get(key)) for key in {**given, **own}}
        found = [
            Rounding(*key, _distance(one, other), 0.0, _magnitude(other, one))
            for key, (one, other) in pairs.items()
            if one is not None or other is not None
        ]
        if self._decisive == MAX_UNEXPLAINED or self._explained(found, {}):
            return tuple(found)
        more = math.sqrt(max(1.0, _most_numbers(batch) / PERTURBED_TERMS))
        units = min(PERTURBATION * more, MAX_PERTURBATION)
        size = units * EPS[self._rounds]
        blurs = self._blurs(weights, batch, own, size, PERTURBATIONS, partial(self._explained, found))
        singles: Moves = {}
        if self._measures_single and not self._explained(found, blurs):
            singles = self._blurs(weights, batch, own, units * EPS["float32"], SINGLE_PERTURBATIONS)
        found = _with_blurs(found, blurs, singles)
        self._decisive += any(not one.relative <= one.single_allowed for one in self._figures(found))
        return tuple(found)

    def set_step(self, step: int) -> None:
        """Which step's random numbers the backend gets from now on, where they are given."""
        self._backend.set_step(step)

    def close(self) -> None:
        """Gives back what the backend holds."""
        self._backend.close()

    def at(self, weights: Arrays, batch: Batch) -> dict[Key, Any]:
        """What the backend computes at `weights`, state among them, which are cast to its dtype."""
        self._backend.load(cast(weights, self._dtype))
        return _figures_of(self._backend.compute(cast(batch, self._dtype)))

    def _figures(self, found: Sequence[Rounding]) -> list[Figure]:
        return judged({0: found}, 0, self._judged_as, self._tolerance)

    def _explained(self, found: Sequence[Rounding], blurs: Moves) -> bool:
        """Whether each error is one that rounding may make of a figure that moves so far."""
        return not any(figure.is_off for figure in self._figures(_with_blurs(found, blurs)))

    def _blurs(
        self,
        weights: Arrays,
        batch: Batch,
        own: Mapping[Key, Any],
        size: float,
        count: int,
        suffices: Callable[[Moves], bool] = lambda moves: False,
    ) -> Moves:
        """How far figures move where weights, and then data, are perturbed by a relative `size`.

        Data count only where a larger perturbation moves a figure further: what jumps at once lies at a
        threshold, such as halves that are rounded, and both sides must have it at the same side.

        Args:
            count: how many perturbations at most.
            suffices: whether no more of them are needed.
        """
        double, data = cast(weights, "float64"), cast(batch, "float64")

        def moves(far: float, count: int, suffices: Callable[[Moves], bool]) -> tuple[Moves, int]:
            return self._moves(
                own, lambda noise: (double, _perturbed_data(data, noise, far)), count, suffices
            )

        blurs, _ = self._moves(own, lambda noise: (_perturbed(double, noise, size), batch), count, suffices)
        if suffices(blurs) or not any(map(_is_measured, data.values())):
            return blurs
        near, made = moves(size, count, lambda near: suffices(_larger(blurs, near)))
        if all(near[key] <= blurs[key] for key in near):
            return blurs
        far, _ = moves(FARTHER * size, made, lambda far: False)
        return _larger(blurs, {key: one for key, one in near.items() if far[key] >= GROWN * one})

    def _moves(
        self,
        own: Mapping[Key, Any],
        perturbed: Callable[[Noise], tuple[Arrays, Batch]],
        count: int,
        suffices: Callable[[Moves], bool],
    ) -> tuple[Moves, int]:
        """How far each of the figures `own` moves at most, and in how many perturbations.

        A figure that is not a number there, or missing, has moved nowhere: it would excuse any error. A value
        at the end of where a function is defined, as of a square root at 0, is left the other way then.
        """
        most = {key: 0.0 for key, figure in own.items() if figure is not None}
        for seed in range(count):
            for way in WAYS:
                there = self.at(*perturbed(_noise(seed, way)))
                distances = {key: _distance(there.get(key), own[key]) for key in most}
                known = {key: distance for key, distance in distances.items() if distance < np.inf}
                most = _larger(most, known)
                if len(known) == len(distances):
                    break
            if suffices(most):
                return most, seed + 1
        return most, count


def _with_blurs(found: Sequence[Rounding], blurs: Moves, singles: Moves | None = None) -> list[Rounding]:
    singles = singles or {}
    keys = [(one.kind, one.name) for one in found]
    return [
        replace(one, blur=blurs.get(key, 0.0), single_blur=singles.get(key, 0.0))
        for key, one in zip(keys, found, strict=True)
    ]


def _larger(moves: Moves, others: Moves) -> Moves:
    return {key: max(far, others.get(key, 0.0)) for key, far in moves.items()}


def _most_numbers(batch: Batch) -> int:
    """How many numbers the largest array of a batch has."""
    return max((value.size for value in batch.values() if isinstance(value, np.ndarray)), default=0)


def _noise(seed: int, way: Callable[[NDArray[Any]], NDArray[Any]]) -> Noise:
    rng = np.random.default_rng(seed)
    return lambda shape: way(rng.standard_normal(shape))


def _perturbed(arrays: Arrays, noise: Noise, size: float) -> Arrays:
    return {name: array * (1 + size * noise(array.shape)) for name, array in arrays.items()}


def _perturbed_data(batch: Batch, noise: Noise, size: float) -> Batch:
    """`batch` with its measured values perturbed: where they cancel out, no weight moves what is left."""
    return {
        name: value * (1 + size * noise(value.shape)) if _is_measured(value) else value
        for name, value in batch.items()
    }


def _is_measured(value: Any) -> TypeGuard[NDArray[Any]]:
    """Whether these are numbers with fractions: whole ones may be labels, or compared with others."""
    is_float = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    return is_float and not np.array_equal(value, np.rint(value), equal_nan=True)


def _figures_of(computed: Computed) -> dict[Key, Any]:
    return {
        **_named("metric", computed.metrics),
        **_named("state", computed.state),
        **_named("gradient", computed.gradients),
        **_named("evaluation", computed.evaluation),
    }


def _named(kind: str, figures: Mapping[str, Any]) -> dict[Key, Any]:
    return {(kind, name): None if figure is None else np.asarray(figure) for name, figure in figures.items()}


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
