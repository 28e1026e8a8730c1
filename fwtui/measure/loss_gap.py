"""Same answer? The losses of several lanes, compared step by step as they arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fwtui.core.numerical_policy import TOLERANCES
from fwtui.measure.history import History
from fwtui.measure.initial_scale import InitialScale


@dataclass(frozen=True, slots=True)
class LossGap:
    """The largest relative gap between lanes over the steps compared.

    Attributes:
        compared: steps that all lanes had and that were compared.
        skipped: steps that were no longer kept when the slowest lane reached them.
        latest: gap at the last step compared.
        largest: largest gap of all, first reached at step `largest_at`.
        tolerance: what is still the same answer.
        floor: losses below it are held against it instead of against themselves: rounding alone decides
            them. It goes by the losses of the first ten steps; None before the first step.
        below_floor: how many of the steps compared were such.
        first_divergence: first step whose gap is above the tolerance; None where there is none.
        diverged: each lane's number and loss at that step.
    """

    tolerance: float
    compared: int = 0
    skipped: int = 0
    latest: float | None = None
    largest: float | None = None
    largest_at: int | None = None
    first_divergence: int | None = None
    diverged: tuple[tuple[int, float], ...] = ()
    floor: float | None = None
    below_floor: int = 0

    @property
    def same(self) -> bool | None:
        """Whether the lanes agree so far; None where nothing was compared."""
        return None if not self.compared else self.first_divergence is None


class LossComparison:
    """Compares the losses of lanes that start from the same weights and data.

    Args:
        dtype: the least exact dtype among the lanes.
        tolerance: relative gap up to which answers are the same; None takes the dtype's own.
        steps: how many steps to compare; None compares all.
    """

    def __init__(self, dtype: str, tolerance: float | None = None, steps: int | None = None) -> None:
        tolerance = TOLERANCES[dtype] if tolerance is None else tolerance
        self._floor = loss_floor(dtype)
        self._next = 0
        self._steps = steps
        self._scale = InitialScale()
        self.gap = LossGap(tolerance)

    def update(self, lanes: Sequence[History]) -> LossGap:
        """Compares the steps that the lanes have by now and that were not compared before.

        A lane that is over is compared as far as it came; beyond that the others are compared without it.
        """
        while True:
            if self._next == self._steps:
                return self.gap
            numbers = [number for number, lane in enumerate(lanes) if not self._left_behind(lane)]
            losses = [lanes[number].losses_from(self._next) for number in numbers]
            if len(losses) < 2:
                return self.gap
            first = max(start for start, _ in losses)
            stop = min(start + len(values) for start, values in losses)
            if self._steps is not None:
                stop = min(stop, self._steps)
            if stop <= first:
                return self.gap
            together = np.stack([values[first - start : stop - start] for start, values in losses])
            self._compare(first, together, numbers)

    def _left_behind(self, lane: History) -> bool:
        """Whether the lane is over and all that it had is compared."""
        return lane.ended is not None and not lane.ended.lingers and lane.steps <= self._next

    def _compare(self, first: int, losses: NDArray[np.float64], numbers: Sequence[int]) -> None:
        floors = self._floors(first, losses)
        self.gap = replace(self.gap, floor=float(floors[-1]))
        had = self.gap.first_divergence
        self._take(first, relative_gap(losses, floors), first - self._next)
        if had is None and (step := self.gap.first_divergence) is not None:
            diverged = tuple(zip(numbers, losses[:, step - first].tolist(), strict=True))
            self.gap = replace(self.gap, diverged=diverged)
        below = np.count_nonzero(np.abs(losses).max(axis=0) < floors)
        self.gap = replace(self.gap, below_floor=self.gap.below_floor + int(below))
        self._next = first + losses.shape[1]

    def _floors(self, first: int, losses: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the floor of each step, from the scale of the losses up to that step."""
        largest = np.where(np.isfinite(losses), np.abs(losses), 0.0).max(axis=0)
        return self._floor * np.array(
            [self._scale.update(step, loss) for step, loss in enumerate(largest, first)]
        )

    def _take(self, first: int, gaps: NDArray[np.float64], skipped: int) -> None:
        old = self.gap
        known = ~np.isnan(gaps)
        if not known.any():
            self.gap = replace(old, skipped=old.skipped + skipped)
            return
        top = int(np.nanargmax(gaps))
        larger = old.largest is None or gaps[top] > old.largest
        above = np.flatnonzero(gaps > old.tolerance)
        found = first + int(above[0]) if len(above) else None
        self.gap = replace(
            old,
            compared=old.compared + int(np.count_nonzero(known)),
            skipped=old.skipped + skipped,
            latest=float(gaps[known][-1]),
            largest=float(gaps[top]) if larger else old.largest,
            largest_at=first + top if larger else old.largest_at,
            first_divergence=found if old.first_divergence is None else old.first_divergence,
        )


def loss_floor(dtype: str) -> float:
    """The share of the first losses below which a loss is known less well than to the dtype's tolerance.

    A squared loss L whose outputs were first of the size √L₀ is not known better than ±2·eps·√(L₀·L): below
    this share of L₀, one rounding of the outputs moves it by more than the tolerance.
    """
    return (2 * float(np.finfo(dtype).eps) / TOLERANCES[dtype]) ** 2


def relative_gap(losses: NDArray[np.float64], floor: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """(max − min) / max |loss| over the lanes at each step.

    Infinite where only some lanes have a finite loss; NaN where none has: there is nothing to compare.

    Args:
        losses: shape (lanes, steps).
        floor: least denominator, of all steps or of each, for losses that have fallen to where rounding alone
            decides them.
    """
    finite = np.isfinite(losses)
    known = np.where(finite.all(axis=0), losses, 0.0)
    spread = known.max(axis=0) - known.min(axis=0)
    scale = np.maximum(np.abs(known).max(axis=0), np.maximum(floor, np.finfo(np.float64).tiny))
    gaps = np.where(finite.all(axis=0), spread / scale, np.inf)
    gaps[~finite.any(axis=0)] = np.nan
    return gaps
