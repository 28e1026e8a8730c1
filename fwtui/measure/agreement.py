"""What the compared probes come to: the first place that differs, and whether rounding explains it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fwtui.core.numerical_policy import BLURS, EPS, NO_GRADIENT, ROUNDINGS_OF_NONE, SINGLE_PRECISION
from fwtui.core.records import Rounding
from fwtui.measure.initial_scale import InitialScale
from fwtui.measure.loss_gap import loss_floor
from fwtui.measure.probe_gap import METRICS, Gap, Key, Kind, ProbeRow, array_floor

Stage = Literal["first weights", "forward", "backward", "evaluation", "update"]


COMPUTED: tuple[Kind, ...] = ("metric", "state", "gradient", "evaluation")
"""What one batch comes to at given weights, in the order in which it is computed."""
_STAGES: dict[Kind, Stage] = {
    "metric": "forward",
    "state": "forward",
    "gradient": "backward",
    "evaluation": "evaluation",
    "parameter": "update",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where lanes first differ.

    Attributes:
        step: the first step that it can be, counted from 0.
        last: the last one; where that is another, steps between two probes were not looked into.
        stage: the part of the step; an update is what lies between equal gradients and unequal parameters,
            and is only known to be one where `step` is `last`.
        key: kind and name of what differs: in the backward pass, that which is computed first.
    """

    step: int
    last: int
    stage: Stage
    key: Key
    gap: Gap

    def is_at(self, other: Place | None) -> bool:
        """Whether it is the same step, stage and quantity as another."""
        return other is not None and (self.step, self.stage, self.key) == (other.step, other.stage, other.key)

    @property
    def exact(self) -> bool:
        """Whether the step is known."""
        return self.step == self.last


def first_place(rows: Sequence[ProbeRow], tolerance: float) -> Place | None:
    """The first place whose gap is above `tolerance`; None where there is none."""
    before = 0
    for row in rows:
        above = {key: gap for key, gap in row.gaps.items() if gap.relative > tolerance}
        if above:
            return _place(row.step, before, above)
        before = row.step
    return None


def _place(step: int, before: int, above: dict[Key, Gap]) -> Place:
    parameters = [key for key in above if key[0] == "parameter"]
    if parameters and step == 0:
        return Place(0, 0, "first weights", parameters[0], above[parameters[0]])
    if parameters:
        return Place(before, step - 1, "update", parameters[0], above[parameters[0]])
    # State is in the order in which the data passes it, all of it before the loss.
    forward = [key for kind in ("state", "metric") for key in above if key[0] == kind]
    if forward:
        return Place(step, step, "forward", forward[0], above[forward[0]])
    # Parameters are in the order in which the data passes them, so the last one's gradient comes first.
    backward = [key for key in above if key[0] == "gradient"]
    key = backward[-1] if backward else next(iter(above))
    return Place(step, step, stage_of(key[0]), key, above[key])


def stage_of(kind: Kind) -> Stage:
    """The part of a step that computes what is of a kind."""
    return _STAGES[kind]


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric, gradient or state of one lane beside a reference's at the same weights.

    Attributes:
        lane: counted from 0.
        relative: how far off it is.
        allowed: how far rounding may put it off there.
        single_allowed: how far rounding to float32 may.
    """

    lane: int
    step: int
    key: Key
    relative: float
    allowed: float
    single_allowed: float

    @property
    def is_off(self) -> bool:
        """Whether rounding does not explain it."""
        return not self.relative <= self.allowed


def rounding(
    probes: Mapping[int, Sequence[Rounding]], lane: int, dtype: str, tolerance: float
) -> list[Figure]:
    """What one lane computes against a reference at the same weights, by step, as relative figures.

    Args:
        probes: the lane's measurements against the reference, by step.
        dtype: the lane's.
        tolerance: relative gap that is still the same answer; where perturbed weights blur the reference's
            own figure, that much more is allowed.
    """
    figures = []
    scales: defaultdict[str, InitialScale] = defaultdict(InitialScale)
    for step in sorted(probes):
        for kind in COMPUTED:
            mine = [one for one in probes[step] if one.kind == kind]
            # Metrics have nothing to do with one another, and only the loss is known to fall to where
            # rounding decides it.
            scaling = [one for one in mine if kind not in METRICS or one.name == "loss"]
            scale = max((one.magnitude for one in scaling), default=0.0)
            scale = max(scale, scales[kind].update(step, scale))
            share = loss_floor(dtype) if kind in METRICS else array_floor(dtype)
            for one in mine:
                floor = scale * share if one in scaling else 0.0
                size = max(one.magnitude, floor, float(np.finfo(np.float64).tiny))
                blur = BLURS * one.blur
                if kind == "gradient" and one.magnitude <= NO_GRADIENT * scale:
                    blur = max(blur, ROUNDINGS_OF_NONE * EPS[dtype] * scale)  # perturbed, it is none still
                allowed = tolerance + blur / size
                single = max(allowed, SINGLE_PRECISION + BLURS * one.single_blur / size)
                figures.append(Figure(lane, step, (kind, one.name), one.error / size, allowed, single))
    return figures


@dataclass(frozen=True, slots=True)
class Truth:
    """The float64 truth.

    Attributes:
        between: the lanes' networks, raced in float64, against each other: whether both are the same
            mathematics. Empty where the lanes are modes of one framework.
        figures: for each lane, its values against float64 at its own weights: whether its arithmetic is right
            apart from rounding, step by step, regardless of how earlier rounding changed the weights.
    """

    between: Sequence[ProbeRow]
    figures: tuple[Sequence[Figure], ...]

    def off(self) -> Figure | None:
        """The first figure that rounding does not explain; None where it explains them all."""
        return first_off(one for lane in self.figures for one in lane if one.is_off)

    def worst(self, lane: int) -> Figure | None:
        """The figure of `lane` that is furthest from float64; None where it has none."""
        return max(self.figures[lane], key=lambda one: one.relative, default=None)


def first_off(figures: Iterable[Figure]) -> Figure | None:
    """Of figures that are off, that of the first step; there, what is computed first."""
    return min(figures, key=lambda one: (one.step, COMPUTED.index(one.key[0])), default=None)
