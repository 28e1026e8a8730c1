"""The lanes' digests of every step, compared: where two trainings part between two probes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fwtui.core.numerical_policy import GROWTH_STEPS, ROUNDING_GROWTH
from fwtui.core.records import DIGEST_BLOCK, Probed
from fwtui.core.spec import LaneSpec
from fwtui.measure.agreement import Place, stage_of
from fwtui.measure.arrays import ArrayGap
from fwtui.measure.history import History
from fwtui.measure.probe_gap import Gap, Kind

_KINDS: tuple[Kind, ...] = ("parameter", "gradient", "state")


class Scales:
    """By name, the largest digest that a relative gap of 1 would make, as probes tell it."""

    def __init__(self) -> None:
        self._scales: dict[str, float] = {}

    def update(self, probe: Probed) -> None:
        """Takes in one lane's arrays."""
        for kind, arrays in zip(
            _KINDS, (probe.parameters, probe.gradients, probe.updated_state), strict=True
        ):
            sizes = {name: array.value() for name, array in arrays if array is not None}
            largest = {name: float(np.abs(one).max(initial=0.0)) for name, one in sizes.items()}
            # What is made of rounding alone is no measure.
            floor = 1e-6 * max(largest.values(), default=0.0)
            for name, one in sizes.items():
                scale = max(largest[name], floor) * float(np.sqrt(min(one.size, DIGEST_BLOCK)))
                self._scales[f"{kind} {name}"] = max(scale, self._scales.get(f"{kind} {name}", 0.0))

    def get(self, name: str) -> float | None:
        """The scale of what is called `name`, such as `parameter w`; None before a probe of it."""
        return self._scales.get(name) or None


def first_parting(
    lanes: Sequence[History], scales: Scales, tolerance: float, only_sudden: bool = False
) -> Place | None:
    """The first step after which a digest of two lanes differs by more than `tolerance`.

    Args:
        only_sudden: leave out what rounding has grown to from the steps before.
    """
    found: list[Place] = []
    for name in lanes[0].digests if lanes else ():
        scale = scales.get(name)
        if scale is None or any(name not in lane.digests for lane in lanes):
            continue
        columns = [lane.digests[name].values() for lane in lanes]
        count = min(map(len, columns))
        for number, column in enumerate(columns[1:], 1):
            with np.errstate(invalid="ignore"):
                gaps = np.abs(column[:count] - columns[0][:count]) / scale
            step = first_above(gaps, tolerance, only_sudden)
            if step is not None:
                found.append(_place(step, name, number, float(gaps[step])))
    return min(found, key=lambda place: place.step, default=None)


def first_above(gaps: NDArray[np.float64], tolerance: float, only_sudden: bool) -> int | None:
    """The first step whose gap is above `tolerance`; where `only_sudden`, more than growth explains."""
    for step in np.flatnonzero(gaps > tolerance).tolist():
        before = gaps[max(0, step - GROWTH_STEPS) : step]
        known = max(before[~np.isnan(before)].tolist(), default=0.0)
        known = max(known, tolerance / ROUNDING_GROWTH)
        if not only_sudden or not gaps[step] <= ROUNDING_GROWTH * known:
            return int(step)
        if step and gaps[step - 1] > tolerance:  # it has grown, and everything after it is of its making
            return None
    return None


def _place(step: int, name: str, lane: int, relative: float) -> Place:
    prefix, _, own = name.partition(" ")
    kind = next(kind for kind in _KINDS if kind == prefix)
    gap = Gap(lane, ArrayGap(relative, relative, relative))
    return Place(step, step, stage_of(kind), (kind, own), gap)


def other_batches(specs: Sequence[LaneSpec], lanes: Sequence[History]) -> int | None:
    """The first step whose batch is another one in another lane; None where all are the same."""
    first: list[int] = []
    for dtype in {spec.dtype for spec in specs}:
        columns = [
            lane.digests["batch"].values()
            for spec, lane in zip(specs, lanes, strict=True)
            if spec.dtype == dtype and "batch" in lane.digests
        ]
        count = min(map(len, columns), default=0)
        for column in columns[1:]:
            first += [int(step) for step in np.flatnonzero(column[:count] != columns[0][:count])[:1]]
    return min(first, default=None)
