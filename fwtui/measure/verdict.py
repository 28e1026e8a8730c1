"""The verdict on the same answer: whether the lanes agree in all that was compared, and where first not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fwtui.core.spec import DTYPES, LaneSpec
from fwtui.measure.agreement import Place, first_place
from fwtui.measure.arrays import array_gap, unlike
from fwtui.measure.comparability import incomparable
from fwtui.measure.coverage import Coverage
from fwtui.measure.history import History
from fwtui.measure.loss_gap import LossGap
from fwtui.measure.probe_gap import Gap, Key, ProbeRow, largest


@dataclass(frozen=True, slots=True)
class SameAnswer:
    """Whether the lanes agree in all that was compared.

    Attributes:
        same: None where that could not be judged, for which `reason` is why.
        place: where they first differ; None where they do not.
    """

    same: bool | None
    reason: str = ""
    place: Place | None = None


def same_answer(
    specs: Sequence[LaneSpec],
    lanes: Sequence[History],
    gap: LossGap,
    rows: Sequence[ProbeRow] = (),
    coverage: Coverage | None = None,
) -> SameAnswer:
    """The verdict on the losses of every step, the metrics of step 0, and whatever was probed.

    Args:
        rows: the compared probes, and `coverage`, which parameters they put to the test.
    """
    if refused := incomparable(specs, lanes):
        return SameAnswer(None, refused)
    dtype = least_exact(specs)
    places = (
        first_metrics(lanes, dtype, gap.tolerance),
        first_place(proving(rows, dtype), gap.tolerance),
        first_loss(lanes, gap, dtype),
    )
    if place := earliest(*places):
        return SameAnswer(False, place=place)
    if not gap.compared and largest(rows) is None:
        return SameAnswer(None, _nothing_compared(lanes))
    if coverage is not None and coverage.untested:
        return SameAnswer(None, coverage.untested)
    return SameAnswer(True)


def _nothing_compared(lanes: Sequence[History]) -> str:
    idle = [str(number) for number, lane in enumerate(lanes, 1) if not lane.steps]
    if len(lanes) - len(idle) < 2:
        return "fewer than two lanes have taken a step"
    if idle:
        return f"lane{'s' if idle[1:] else ''} {' and '.join(idle)} took no step, and so nothing was compared"
    return "the lanes have no step in common that was compared"


def least_exact(specs: Sequence[LaneSpec]) -> str:
    """The least exact dtype among the lanes: its rounding is what a gap must allow for."""
    return min((spec.dtype for spec in specs), key=DTYPES.index)


def first_metrics(lanes: Sequence[History], dtype: str, tolerance: float) -> Place | None:
    """A metric of step 0, which all lanes compute from the same weights, that differs between them."""
    known = [(number, lane.first_metrics) for number, lane in enumerate(lanes) if lane.first_metrics]
    for number, metrics in known[1:]:
        first, reference = known[0]
        for name in {**reference, **metrics}:
            found = unlike("only one of the networks has it")
            if name in reference and name in metrics:
                compared = array_gap(np.asarray(reference[name]), np.asarray(metrics[name]), dtype)
                if compared is None or compared.relative <= tolerance:
                    continue
                found = compared
            return Place(0, 0, "forward", ("metric", name), Gap(number, found, first))
    return None


def first_later_metric(lanes: Sequence[History], tolerance: float) -> Place | None:
    """The first step at which a metric beside the loss differs between float64 lanes, probed or not."""
    places = []
    for name in dict.fromkeys(name for lane in lanes for name in lane.metrics if name != "loss"):
        known = [(number, lane.metrics[name]) for number, lane in enumerate(lanes) if name in lane.metrics]
        start = max(column.first for _, column in known)
        count = min(column.count for _, column in known)
        (first, reference), *others = [(number, one.since(start)[: count - start]) for number, one in known]
        for number, values in others:
            size = np.maximum(np.abs(reference), np.abs(values))
            with np.errstate(invalid="ignore"):
                off = ~(np.abs(reference - values) <= tolerance * size) & (reference != values)
            off &= ~(np.isnan(reference) & np.isnan(values))
            for step in np.flatnonzero(off)[:1].tolist():
                gap = array_gap(reference[step], values[step], "float64")
                if gap is not None:
                    at = start + step
                    places.append(Place(at, at, "forward", ("metric", name), Gap(number, gap, first)))
    return earliest(*places)


def proving(rows: Sequence[ProbeRow], dtype: str) -> list[ProbeRow]:
    """`rows` without what proves nothing.

    A share of right answers jumps by a whole one where rounding decides which of two outputs is larger. So
    in float32 the metrics beside the loss prove something only at step 0, where all weights are still equal.
    """
    if dtype == "float64":
        return list(rows)
    return [
        ProbeRow(row.step, {key: g for key, g in row.gaps.items() if row.step == 0 or proves(key, dtype)})
        for row in rows
    ]


def proves(key: Key, dtype: str) -> bool:
    """Whether a gap of this quantity proves something at any step."""
    return dtype == "float64" or key[0] != "metric" or key[1] == "loss"


def first_loss(lanes: Sequence[History], gap: LossGap, dtype: str) -> Place | None:
    """The first step, probed or not, whose loss differs."""
    step = gap.first_divergence
    if step is None:
        return None
    kept = {number: lane.losses_from(step) for number, lane in enumerate(lanes)}
    losses = {number: loss[0] for number, (start, loss) in kept.items() if start == step and len(loss)}
    first = min(losses, default=0)
    known = [
        Gap(number, found, first)
        for number, loss in losses.items()
        if number != first and (found := array_gap(losses[first], loss, dtype, gap.floor or 0.0)) is not None
    ]
    worst = max(known, key=lambda one: one.relative, default=None)
    return None if worst is None else Place(step, step, "forward", ("metric", "loss"), worst)


def earliest(*places: Place | None) -> Place | None:
    """That which comes first; of several in the same step, the first of them."""
    return min((place for place in places if place is not None), key=lambda place: place.step, default=None)
