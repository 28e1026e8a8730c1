"""Same answer, down to each gradient and parameter: the lanes' probes, compared as they arrive."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fwtui.core.ndarray import Array
from fwtui.core.numerical_policy import EPS, NO_GRADIENT, ROUNDINGS_OF_NONE, SUM_ROUNDINGS, TOLERANCES
from fwtui.core.records import Probed
from fwtui.measure.arrays import ArrayGap, array_gap, small_element_gap, unlike
from fwtui.measure.coverage import Coverage
from fwtui.measure.history import History
from fwtui.measure.initial_scale import InitialScale
from fwtui.measure.loss_gap import loss_floor

MOST_ROWS = 4096

Kind = Literal["metric", "state", "gradient", "evaluation", "parameter"]
METRICS: tuple[Kind, ...] = ("metric", "evaluation")
"""The kinds of what is no array of the network."""
Key = tuple[Kind, str]
Arrays = dict[str, NDArray[Any] | None]


@dataclass(frozen=True, slots=True)
class Gap:
    """How far one quantity of a lane is from the first lane's.

    Attributes:
        lane: the other lane, counted from 0: of all, the one that is furthest away.
        first: the lane that it is compared with; another than 0 where that one had nothing to compare.
    """

    lane: int
    array: ArrayGap
    first: int = 0

    @property
    def relative(self) -> float:
        """The figure that is held against the tolerance."""
        return self.array.relative


@dataclass(frozen=True, slots=True)
class ProbeRow:
    """The comparison of one step: what could be compared, by kind and name, in the network's order."""

    step: int
    gaps: Mapping[Key, Gap]

    @property
    def largest(self) -> float | None:
        """The largest relative gap; None where nothing could be compared."""
        return max((gap.relative for gap in self.gaps.values()), default=None)


class ProbeComparison:
    """Compares the probes of lanes that start from the same weights and data; keeps figures, no arrays.

    Args:
        dtype: the least exact dtype among the lanes.

    Attributes:
        rows: the steps compared so far, in order; of more than `MOST_ROWS`, fewer and fewer of the old ones.
        compared: those steps.
        coverage: which parameters they put to the test.
    """

    def __init__(self, dtype: str) -> None:
        self._dtype = dtype
        # An array whose largest element is below this share of the largest of its kind, or of what it was at
        # first, is made of what larger numbers left over: a gradient that is zero but for rounding must not
        # count as a difference.
        self._floor = array_floor(dtype)
        self._loss_floor = loss_floor(dtype)
        self._scales: defaultdict[tuple[int, Kind], InitialScale] = defaultdict(InitialScale)
        self.rows: list[ProbeRow] = []
        self.compared: set[int] = set()
        self.coverage = Coverage()

    def update(self, lanes: Sequence[History], at_most: int | None = None) -> bool:
        """Compares the steps that all lanes have probed by now; whether there were any.

        Args:
            at_most: leave the rest for the next call, where comparing must not hold up the caller.
        """
        if len(lanes) < 2:
            return False
        common = set.intersection(*(set(lane.probes) for lane in lanes)) - self.compared
        for step in sorted(common)[:at_most]:
            self.compared.add(step)
            probes = [lane.probes[step] for lane in lanes]
            self.rows.append(self.compare(probes))
            self.coverage.update(probes)
        self.rows.sort(key=lambda row: row.step)
        if len(self.rows) > MOST_ROWS:
            self._thin()
        return bool(common)

    def _thin(self) -> None:
        """Leaves out every other row, but for the first updates' and those that are worse than all before."""
        worst, kept = -1.0, []
        for number, row in enumerate(self.rows):
            worse = row.largest is not None and row.largest > worst
            worst = max(worst, row.largest or 0.0)
            if worse or row.step <= 1 or number % 2:
                kept.append(row)
        self.rows = kept

    def compare(self, probes: Sequence[Probed]) -> ProbeRow:
        """One step's probes, each lane's against the first one's."""
        gaps: dict[Key, Gap] = {}
        first = _quantities(probes[0])
        for lane, probe in enumerate(probes[1:], 1):
            for kind, others in _quantities(probe).items():
                floors = self._floors(probe.step, lane, kind, (first[kind], others))
                for name, gap in self._gaps(first[kind], others, floors).items():
                    known = gaps.get((kind, name))
                    if known is None or gap.relative > known.relative:
                        gaps[kind, name] = Gap(lane, gap)
        return ProbeRow(probes[0].step, gaps)

    def _gaps(self, ours: Arrays, theirs: Arrays, floors: Mapping[str, float]) -> dict[str, ArrayGap]:
        gaps = {name: self._gap(name, ours, theirs, floors.get(name, 0.0)) for name in {**ours, **theirs}}
        return {name: gap for name, gap in gaps.items() if gap is not None}

    def _floors(self, step: int, lane: int, kind: Kind, both: tuple[Arrays, Arrays]) -> dict[str, float]:
        """Least denominators by name. Metrics have nothing to do with one another, and of them only the loss
        is known to fall to where rounding decides it.
        """
        names = ["loss"] if kind in METRICS else list({**both[0], **both[1]})
        known = [array for name in names for arrays in both if (array := arrays.get(name)) is not None]
        scale = max((_magnitude(array) for array in known), default=0.0)
        scale = max(scale, self._scales[lane, kind].update(step, scale))
        floors = dict.fromkeys(names, scale * (self._loss_floor if kind in METRICS else self._floor))
        if kind == "gradient" and self._dtype == "float64":
            of_none = scale * ROUNDINGS_OF_NONE * EPS["float64"] / TOLERANCES["float64"]
            floors |= {name: of_none for name in names if _is_none(both, name, NO_GRADIENT * scale)}
        return floors

    def _gap(self, name: str, ours: Arrays, theirs: Arrays, floor: float) -> ArrayGap | None:
        if name not in ours or name not in theirs:
            return unlike("only one of the networks has it")
        a, b = ours[name], theirs[name]
        if a is None and b is None:
            return None
        if a is None or b is None:
            there = b if a is None else a
            assert there is not None
            # A gradient that is all zero says the same as none.
            return unlike("the loss depends on it in one network only") if there.any() else None
        gap = array_gap(a, b, self._dtype, floor)
        if self._dtype != "float64" or gap is None or gap.relative > TOLERANCES["float64"]:
            return gap
        return small_element_gap(a, b, floor / self._floor) or gap


def _is_none(both: tuple[Arrays, Arrays], name: str, most: float) -> bool:
    """Whether a gradient is what rounding leaves of none, on both sides."""
    arrays = [one.get(name) for one in both]
    return all(array is not None and _magnitude(array) <= most for array in arrays)


def _quantities(probe: Probed) -> dict[Kind, Arrays]:
    return {
        "parameter": _values(probe.parameters),
        "metric": {name: np.asarray(value) for name, value in probe.metrics},
        "state": _values(probe.updated_state),
        "gradient": _values(probe.gradients),
        "evaluation": {name: np.asarray(value) for name, value in probe.evaluation},
    }


def _values(pairs: Sequence[tuple[str, Array | None]]) -> Arrays:
    return {name: None if array is None else array.value() for name, array in pairs}


def _magnitude(array: NDArray[Any]) -> float:
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max(initial=0.0)) if finite.size else 0.0


def array_floor(dtype: str) -> float:
    """The share of the largest array of its kind below which one is known less well than to the tolerance."""
    return SUM_ROUNDINGS * float(np.finfo(dtype).eps) / TOLERANCES[dtype]


def largest(rows: Sequence[ProbeRow]) -> tuple[int, Key, Gap] | None:
    """The largest gap of all: its step, what it is of, and the gap; None where nothing was compared."""
    cells = [(row.step, key, gap) for row in rows for key, gap in row.gaps.items()]
    known = [cell for cell in cells if not math.isnan(cell[2].relative)]
    return max(known, key=lambda cell: cell[2].relative, default=None)
